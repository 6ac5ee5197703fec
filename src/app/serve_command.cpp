#include "app/serve_command.hpp"

#include "app/banner.hpp"
#include "app/server.hpp"
#include "base/log.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <malloc.h>
#include <map>
#include <sys/resource.h>

namespace cang::app {

namespace {

constexpr const char* kDescription =
    "Serve images: the embedded OCI registry at /v2/ over one data directory.\n\n"
    "Docker, podman, buildah, skopeo and every OCI client push and pull here. Everything is kept under --data: blobs "
    "by "
    "digest, facts in an embedded database. On the first start an administrator named admin is made; the password is "
    "generated and printed once, unless --admin-password-file names one.\n\n"
    "The server listens on loopback until told otherwise. SIGTERM and SIGINT let running requests end for "
    "--shutdown-grace; a second signal ends the process at once, and nothing acknowledged is lost.";

constexpr const char* kFooter =
    "Examples:\n"
    "  cang serve --data /var/lib/cang\n"
    "  cang serve --data /var/lib/cang --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem\n"
    "  cang serve --data /var/lib/cang --admin-password-file /run/secrets/cang --anonymous pull\n"
    "  cang serve --data ./data --auth none                 # everybody may do everything: for tests\n"
    "\n"
    "Files in the data directory:\n"
    "  cang.db        accounts, projects, images: everything but the bytes\n"
    "  secrets.key    key that seals passwords of registries; keep a copy apart from the database's\n"
    "  token.key      key that signs tokens and names uploads; remove it to void all tokens\n"
    "\n"
    "Paths served:\n"
    "  /              the web UI                 /metrics    Prometheus\n"
    "  /v2/           OCI Distribution 1.1       /v2/token   distribution token protocol\n"
    "  /api/v1/       the API                    /api/v1/docs  its documentation\n"
    "  /socket.io/    live events (Socket.IO)\n"
    "  /livez         the process answers        /readyz     the server can serve\n"
    "\n"
    "Every option has a variable, --gc-interval is CANG_GC_INTERVAL, and a key in the file of --config.\n"
    "An option goes before its variable, a variable before the file. SIGHUP reads the file again;\n"
    "`cang config verify` checks it.\n";

// What was given on the command line, as CLI11 fills it in.
struct Given {
    std::map<std::string, std::string, std::less<>> texts;
    std::map<std::string, bool, std::less<>> booleans;
    std::string file;
};

// A boolean has its opposite: --access-log and --no-access-log.
std::string boolean_names(const settings::Setting& setting) {
    return fmt::format("--{},!--no-{}", setting.name, setting.name);
}

void add_options(CLI::App& command, Given& given) {
    command.add_option("--config", given.file, "Configuration file (YAML); `cang config schema` describes it.")
        ->type_name("FILE")
        ->envname("CANG_CONFIG")
        ->group(std::string(settings::sections().front().title));
    for (const auto& setting : settings::table()) {
        std::string name(setting.name);
        std::string group(std::ranges::find(settings::sections(), setting.section, &settings::Section::name)->title);
        auto help = settings::help_of(setting);
        if (setting.kind == settings::Kind::boolean)
            command.add_flag(boolean_names(setting), given.booleans[name], help)->group(group);
        else
            command.add_option(settings::flag_of(setting), given.texts[name], help)
                ->type_name(std::string(setting.value_name))
                ->group(group);
    }
}

settings::Sources sources_of(const CLI::App& command, const Given& given) {
    settings::Sources sources{.file = given.file, .environment = cli::process_console().environment};
    for (const auto& [name, text] : given.texts)
        if (command.count("--" + name) > 0)
            sources.flags[name] = text;
    for (const auto& [name, value] : given.booleans)
        if (command.count("--" + name) > 0)
            sources.flags[name] = value ? "true" : "false";
    return sources;
}

// Every thread with an arena of its own would keep megabytes that it once used; two serve as well and stay small.
void keep_memory_small() {
    ::mallopt(M_ARENA_MAX, 2);
    ::mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

// Thousands of idle connections are cheap, but each is a descriptor.
void raise_descriptor_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

int serve(const settings::Sources& sources) {
    auto config = read_config(sources);
    log::set_level(config.log_level);
    keep_memory_small();
    raise_descriptor_limit();
    Server server(std::move(config), sources);
    print_banner(server.url(), server.generated_password());
    server.run();
    return 0;
}

cli::ExtraCommand serve_command() {
    auto given = std::make_shared<Given>();
    auto attach = [given](CLI::App& command) -> std::function<int()> {
        add_options(command, *given);
        return [given, &command] { return serve(sources_of(command, *given)); };
    };
    return {.name = "serve", .description = kDescription, .footer = kFooter, .attach = std::move(attach)};
}

} // namespace cang::app
