#include "cli/command_places.hpp"
#include "cli/commands.hpp"
#include "cli/copy_report.hpp"
#include "cli/image_results.hpp"

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
    std::vector<image::PlaceName> names;
    for (const auto& text : arguments.images)
        names.push_back(image::require_place_name("IMAGE", text));
    auto target = image::require_archive_name("--to", arguments.target);
    if (target.reference)
        throw Error(ErrorKind::invalid_argument,
                    "--to names a file only: every image keeps its own name\nuse `cang copy` to give a name");
    auto settings = arguments.copy.settings();
    if (!target.is_file())
        throw Error(ErrorKind::invalid_argument, fmt::format("--to {} is no archive\nname docker-archive:FILE, "
                                                             "oci-archive:FILE or oci:DIRECTORY",
                                                             target.to_string()));
    auto archive = transfer::create_archive(target, runtime.pool);
    PlaceOpener opener(runtime, session);
    CommandPlaces places(opener, arguments.places);
    ImageResults results(session, ImageResults::Named::by_source, target.to_string());
    co_await transfer::run_export(places, runtime.pool, std::move(names), *archive, std::move(settings), results);
    results.print();
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
