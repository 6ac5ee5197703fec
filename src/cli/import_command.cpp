#include "cli/archive_images.hpp"
#include "cli/commands.hpp"
#include "cli/copy_report.hpp"
#include "cli/packing.hpp"
#include "cli/place_opener.hpp"
#include "cli/progress.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string archive;
    std::vector<std::string> images;
    std::string as;
    CopyFlags copy;
    PlaceOptions places;
};

// All images of the archive, or those that the user named.
std::vector<ArchivedImage> choose(const ImageArchive& archive, const Arguments& arguments, const PlaceName& place) {
    if (place.reference && !arguments.images.empty())
        throw Error(ErrorKind::invalid_argument, "an image is named after the path and with --image; only one can be");
    if (place.reference)
        return {{arguments.as.empty() ? place.reference->to_string() : arguments.as, *place.reference}};
    if (arguments.images.empty())
        return archive.images;
    std::vector<ArchivedImage> chosen;
    for (const auto& wanted : arguments.images) {
        auto found = std::ranges::find(archive.images, wanted, &ArchivedImage::name);
        if (found == archive.images.end())
            throw Error(ErrorKind::not_found, fmt::format("{} has no image named {}", place.to_string(), wanted));
        chosen.push_back(*found);
    }
    return chosen;
}

PlaceName target_name(const ArchivedImage& image, const Arguments& arguments) {
    if (!arguments.as.empty())
        return require_place_name("--as", arguments.as);
    return PlaceName{PlaceKind::warehouse, {}, warehouse_reference(image.name)};
}

awaitable<int> run_import(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto place = require_archive_name("ARCHIVE", arguments.archive);
    auto options = arguments.copy.to_options();
    auto compression = arguments.copy.compression();
    auto archive = co_await open_image_archive(place, runtime);
    auto chosen = choose(archive, arguments, place);
    if (chosen.empty())
        throw Error(ErrorKind::not_found, fmt::format("{} has no images", place.to_string()));
    if (chosen.size() > 1 && !arguments.as.empty())
        throw Error(
            ErrorKind::invalid_argument,
            fmt::format("--as names one image and the archive has {}\nchoose one with --image NAME", chosen.size()));
    std::vector<PlaceName> targets;
    for (const auto& image : chosen)
        targets.push_back(target_name(image, arguments));
    PlaceOpener opener(runtime, session);
    Packing packing(place.kind, *archive.source, compression, runtime);
    auto watch = steady_stopwatch();
    boost::json::array results;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        auto target = opener.open_sink(targets[i], arguments.places);
        auto& images = packing.source_for(*target.place);
        image::CopyResult result;
        {
            auto progress = make_progress(session);
            result =
                co_await image::copy(images, chosen[i].reference, *target.place, target.reference, options, *progress);
        }
        session.print(fmt::format("{} {}", targets[i].to_string(), to_line(result)));
        results.push_back(to_json(place, targets[i], result, watch()));
    }
    if (session.options.json)
        session.print_json(boost::json::object{{"images", std::move(results)}});
    co_return 0;
}

} // namespace

Command import_command() {
    return {
        .name = "import",
        .description = "Bring the images of an archive into the warehouse or a registry.\n\n"
                       "All images by the names that they have in the archive, without a registry, or those chosen "
                       "with --image. --as gives one image another name, which may also be one in a registry.",
        .examples = "  cang import docker-archive:saved.tar --data /var/lib/cang\n"
                    "  cang import oci-archive:apps.tar --image app:v2 --server http://127.0.0.1:5000\n"
                    "  cang import oci:images:v1 --as docker://registry.example.com/app:v1\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("ARCHIVE", arguments->archive,
                               "FILE or docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY.");
            builder.option("-i,--image", "NAME", arguments->images,
                           "Import this image of the archive; can be given several times.");
            builder.option("--as", "NAME", arguments->as, "Name for the one image that is imported.");
            add_copy_flags(builder, arguments->copy);
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_import(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
