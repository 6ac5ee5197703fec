#include "cli/command_places.hpp"
#include "cli/commands.hpp"
#include "cli/copy_report.hpp"
#include "cli/image_results.hpp"

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
std::vector<transfer::ArchivedImage> choose(const transfer::ImageArchive& archive, const Arguments& arguments,
                                            const image::PlaceName& place) {
    if (place.reference && !arguments.images.empty())
        throw Error(ErrorKind::invalid_argument, "an image is named after the path and with --image; only one can be");
    if (place.reference)
        return {{arguments.as.empty() ? place.reference->to_string() : arguments.as, *place.reference}};
    if (arguments.images.empty())
        return archive.images;
    std::vector<transfer::ArchivedImage> chosen;
    for (const auto& wanted : arguments.images) {
        auto found = std::ranges::find(archive.images, wanted, &transfer::ArchivedImage::name);
        if (found == archive.images.end())
            throw Error(ErrorKind::not_found, fmt::format("{} has no image named {}", place.to_string(), wanted));
        chosen.push_back(*found);
    }
    return chosen;
}

image::PlaceName target_name(const transfer::ArchivedImage& image, const Arguments& arguments) {
    if (!arguments.as.empty())
        return image::require_place_name("--as", arguments.as);
    auto reference = transfer::warehouse_reference(image.name);
    if (!reference)
        throw Error(ErrorKind::invalid_argument, fmt::format("\"{}\" in the archive is no repository and tag\n"
                                                             "name the image with --as REPOSITORY:TAG",
                                                             std::string_view(image.name).substr(0, 300)));
    return image::PlaceName{image::PlaceKind::warehouse, {}, *reference};
}

awaitable<int> run_import(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto place = image::require_archive_name("ARCHIVE", arguments.archive);
    auto settings = arguments.copy.settings();
    if (!place.is_file())
        throw Error(ErrorKind::invalid_argument, fmt::format("{} is no archive\nname docker-archive:FILE, "
                                                             "oci-archive:FILE or oci:DIRECTORY",
                                                             place.to_string()));
    auto archive = co_await transfer::open_image_archive(place, runtime.pool);
    auto chosen = choose(archive, arguments, place);
    if (chosen.empty())
        throw Error(ErrorKind::not_found, fmt::format("{} has no images", place.to_string()));
    if (chosen.size() > 1 && !arguments.as.empty())
        throw Error(
            ErrorKind::invalid_argument,
            fmt::format("--as names one image and the archive has {}\nchoose one with --image NAME", chosen.size()));
    std::vector<transfer::ImportItem> items;
    for (const auto& image : chosen)
        items.push_back({image, target_name(image, arguments)});
    PlaceOpener opener(runtime, session);
    CommandPlaces places(opener, arguments.places);
    ImageResults results(session, ImageResults::Named::by_target, place.to_string());
    co_await transfer::run_import(places, runtime.pool, archive, std::move(items), std::move(settings), results);
    results.print();
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
