#include "cli/commands.hpp"
#include "cli/diff_report.hpp"
#include "cli/place_opener.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

struct Arguments {
    std::string before;
    std::string after;
    std::string platform;
    TwoPlaceOptions places;
};

awaitable<int> run_diff(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto before_name = image::require_place_name("BEFORE", arguments.before);
    auto after_name = image::require_place_name("AFTER", arguments.after);
    std::optional<oci::Platform> platform;
    if (!arguments.platform.empty()) {
        auto parsed = oci::Platform::parse(arguments.platform);
        if (!parsed)
            throw_invalid(fmt::format("--platform \"{}\"", arguments.platform), parsed.error());
        platform = *parsed;
    }
    PlaceOpener opener(runtime, session);
    auto before = co_await opener.open_source(before_name, arguments.places.source_options());
    auto after = co_await opener.open_source(after_name, arguments.places.target_options());
    auto before_view = co_await image::load_image(*before.place, before.reference, platform);
    auto after_view = co_await image::load_image(*after.place, after.reference, platform);
    auto result = image::diff(before_view, after_view);
    if (session.options.json)
        session.print_json(image::to_json(result));
    else
        session.console.out << to_text(result);
    co_return 0;
}

} // namespace

Command diff_command() {
    return {
        .name = "diff",
        .description = "Show what changed between two images: settings, layers and size.\n\n"
                       "Layers are compared by their uncompressed content, so a layer that was only compressed anew is "
                       "the same. Reads manifests and configs, never a layer.",
        .examples = "  cang diff docker://alpine:3.19 docker://alpine:3.20\n"
                    "  cang diff app:v1 app:v2 --server http://127.0.0.1:5000 --platform linux/arm64\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("BEFORE", arguments->before, "The first image; --source-* options are about it.");
            builder.positional("AFTER", arguments->after, "The second image; --target-* options are about it.");
            builder.option("--platform", "OS/ARCH[/VARIANT]", arguments->platform,
                           "Compare this image of multi-platform images; default is that of this machine.");
            add_two_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_diff(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
