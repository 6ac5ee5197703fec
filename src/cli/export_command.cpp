#include "base/bytes.hpp"
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
    std::vector<std::string> images;
    std::string target;
    CopyFlags copy;
    PlaceOptions places;
};

awaitable<int> run_export(Runtime& runtime, const Session& session, const Arguments& arguments) {
    std::vector<PlaceName> names;
    for (const auto& text : arguments.images)
        names.push_back(require_place_name("IMAGE", text));
    auto target = require_archive_name("--to", arguments.target);
    if (target.reference)
        throw Error(ErrorKind::invalid_argument,
                    "--to names a file only: every image keeps its own name\nuse `cang copy` to give a name");
    auto options = arguments.copy.to_options();
    auto compression = arguments.copy.compression();
    auto archive = create_archive(target, runtime);
    PlaceOpener opener(runtime, session);
    auto watch = steady_stopwatch();
    boost::json::array results;
    for (const auto& name : names) {
        auto source = co_await opener.open_source(name, arguments.places);
        Packing packing(name.kind, *source.place, compression, runtime);
        auto& images = packing.source_for(archive->sink());
        image::CopyResult result;
        {
            auto progress = make_progress(session);
            auto kept_name = name.reference.value_or(oci::Reference{});
            result = co_await image::copy(images, source.reference, archive->sink(), kept_name, options, *progress);
        }
        session.print(fmt::format("{} {}", name.to_string(), to_line(result)));
        results.push_back(to_json(name, target, result, watch()));
    }
    co_await archive->finish();
    if (session.options.json)
        session.print_json(boost::json::object{{"images", std::move(results)}});
    co_return 0;
}

} // namespace

Command export_command() {
    return {
        .name = "export",
        .description = "Write several images into one archive.\n\n"
                       "Layers that images share are written once. The archive appears when it is complete; equal "
                       "images make an equal archive, byte for byte.",
        .examples = "  cang export app:v1 app:v2 --to oci-archive:apps.tar --data /var/lib/cang\n"
                    "  cang export docker://alpine:3 docker://busybox:1 --to docker-archive:base.tar\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positionals("IMAGE", arguments->images, "Images to write.");
            builder.required_option("-o,--to", "ARCHIVE", arguments->target,
                                    "FILE or docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY.");
            add_copy_flags(builder, arguments->copy);
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_export(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
