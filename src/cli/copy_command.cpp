#include "cli/command_places.hpp"
#include "cli/commands.hpp"
#include "cli/copy_report.hpp"
#include "cli/progress.hpp"

namespace cang::cli {

namespace {

struct Arguments {
    std::string source;
    std::string target;
    TwoPlaceOptions places;
    CopyFlags copy;
};

awaitable<int> run_copy(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto source_name = image::require_place_name("SOURCE", arguments.source);
    auto target_name = image::require_place_name("TARGET", arguments.target);
    auto settings = arguments.copy.settings();
    PlaceOpener opener(runtime, session);
    CommandPlaces places(
        opener, [&](const image::PlaceName&) { return arguments.places.source_options(); },
        [&](const image::PlaceName&) { return arguments.places.target_options(); });
    transfer::CopyJob job{source_name, target_name};
    auto watch = steady_stopwatch();
    image::CopyResult result;
    {
        auto progress = make_progress(session);
        result = co_await transfer::run_copy(places, runtime.pool, std::move(job), std::move(settings), *progress);
    }
    print_copy_result(session, source_name, target_name, result, watch());
    co_return 0;
}

} // namespace

Command copy_command() {
    return {
        .name = "copy",
        .description =
            "Copy an image from one place to another.\n\n"
            "Keeps the digest wherever the target's format allows it, sends only what the target lacks, fetches blobs "
            "side by side, verifies every digest on the way, and resumes after a broken connection. The target shows "
            "nothing before the whole image is there.\n\n"
            "A multi-platform image is copied whole unless --platform chooses. Targets that hold one platform only "
            "(docker-archive:, docker-daemon:) get the one of this machine.",
        .examples = "  cang copy docker://registry.example.com/app:v1 app:v1 --data /var/lib/cang\n"
                    "  cang copy docker://alpine:3 oci:images:alpine --platform linux/arm64\n"
                    "  cang copy docker-daemon:app:dev docker://registry.example.com/app:dev\n"
                    "  cang copy app:v1 docker-archive:app.tar:app:v1 --server http://127.0.0.1:5000\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("SOURCE", arguments->source, "Image to copy.");
            builder.positional("TARGET", arguments->target, "Name to copy it to.");
            add_copy_flags(builder, arguments->copy);
            add_two_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_copy(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
