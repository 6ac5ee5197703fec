#include "cli/commands.hpp"
#include "cli/inspect_report.hpp"
#include "cli/place_opener.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

struct Arguments {
    std::string image;
    std::string platform;
    bool raw = false;
    bool config = false;
    PlaceOptions places;
};

awaitable<int> run_inspect(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto name = image::require_place_name("IMAGE", arguments.image);
    std::optional<oci::Platform> platform;
    if (!arguments.platform.empty()) {
        auto parsed = oci::Platform::parse(arguments.platform);
        if (!parsed)
            throw_invalid(fmt::format("--platform \"{}\"", arguments.platform), parsed.error());
        platform = *parsed;
    }
    PlaceOpener opener(runtime, session);
    auto source = co_await opener.open_source(name, arguments.places);
    auto manifest = co_await get_chosen_manifest(*source.place, source.reference, name.to_string(), platform);
    if (arguments.raw) {
        session.console.out << manifest.bytes();
        co_return 0;
    }
    Inspection inspection{name, manifest, std::nullopt};
    bool has_config = manifest.config() && oci::is_config(manifest.config()->media_type);
    if (arguments.config || has_config) {
        auto bytes = co_await get_config_bytes(*source.place, manifest);
        if (arguments.config) {
            session.console.out << bytes << (bytes.ends_with('\n') ? "" : "\n");
            co_return 0;
        }
        auto config = oci::ImageConfig::parse(bytes);
        if (!config)
            throw Error(ErrorKind::corrupt, "the config is not valid: " + config.error().to_string());
        inspection.config = *config;
    }
    if (session.options.json)
        session.print_json(to_json(inspection));
    else
        session.console.out << to_text(inspection);
    co_return 0;
}

} // namespace

Command inspect_command() {
    return {
        .name = "inspect",
        .description =
            "Show an image: digest, platforms, layers and configuration.\n\n"
            "Reads the manifest and the config only, never a layer. A multi-platform image shows its list of "
            "images; --platform shows one of them.",
        .examples = "  cang inspect docker://alpine:3 --platform linux/arm64\n"
                    "  cang inspect oci-archive:app.tar --raw\n"
                    "  cang inspect app:v1 --data /var/lib/cang --json\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("IMAGE", arguments->image, "Image to show.");
            builder.option("--platform", "OS/ARCH[/VARIANT]", arguments->platform,
                           "Show this image of a multi-platform image.");
            builder.flag("--raw", arguments->raw, "Print the manifest's bytes as they are.");
            builder.flag("--config", arguments->config, "Print the config's bytes as they are.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_inspect(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
