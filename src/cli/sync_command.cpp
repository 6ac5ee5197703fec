#include "base/bytes.hpp"
#include "cli/command_places.hpp"
#include "cli/commands.hpp"
#include "transfer/sync_run.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fstream>

namespace cang::cli {

namespace {

struct Arguments {
    std::string config;
    bool dry_run = false;
    std::uint64_t jobs = 4;
    std::uint64_t retries = 4;
    PlaceOptions places;
};

transfer::SyncConfig read_config(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw system_error(errno, fmt::format("opening {}", path));
    // One byte more than allowed is enough to see that it is too much.
    std::string text(transfer::SyncConfig::max_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    auto config = transfer::parse_sync_config(text);
    if (!config)
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", path, config.error().to_string()));
    return *config;
}

std::string read_password(const std::string& path) {
    std::ifstream file(path);
    std::string password;
    if (!std::getline(file, password) || password.empty())
        throw Error(ErrorKind::invalid_argument, fmt::format("the password file {} has no password", path));
    return password;
}

// What the command line says, and on top of it what the configuration says of that registry.
PlaceOptions options_for(const image::PlaceName& name, const transfer::SyncConfig& config, PlaceOptions options) {
    auto found = config.registries.find(name.reference->registry);
    if (name.kind != image::PlaceKind::registry || found == config.registries.end())
        return options;
    const auto& registry = found->second;
    if (registry.tls_verify)
        options.access.tls_verify = registry.tls_verify;
    if (!registry.ca_file.empty())
        options.access.ca_file = registry.ca_file;
    if (!registry.user.empty())
        options.access.credentials = registry.user + ":" + read_password(registry.password_file);
    return options;
}

class SyncLines final : public transfer::SyncObserver {
public:
    explicit SyncLines(const Session& session) : session_(session) {}
    void ended(const transfer::SyncItemReport& item) override {
        if (item.error || !session_.options.quiet)
            session_.print(to_line(item));
    }

private:
    const Session& session_;
};

awaitable<int> run_sync_command(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto config = read_config(arguments.config);
    transfer::SyncOptions options{.dry_run = arguments.dry_run, .jobs = arguments.jobs, .copy = {}};
    options.copy.attempts = static_cast<int>(arguments.retries) + 1;
    PlaceOpener opener(runtime, session);
    auto choose_options = [&](const image::PlaceName& name) { return options_for(name, config, arguments.places); };
    CommandPlaces places(opener, choose_options, choose_options);
    SyncLines lines(session);
    auto report = co_await transfer::run_sync(places, config, std::move(options), lines);
    if (session.options.json)
        session.print_json(to_json(report));
    for (const auto& [name, error] : report.failed_lists)
        session.print(fmt::format("failed     {}: {}", name, error.message()));
    session.print(fmt::format("{} {}, {} unchanged, {} failed, {}", report.copied,
                              arguments.dry_run ? "to copy" : "copied", report.unchanged, report.failed,
                              human_bytes(report.bytes_copied)));
    co_return report.failed == 0 ? 0 : 1;
}

constexpr const char* kExamples =
    "  cang sync --config sync.yaml --data /var/lib/cang\n"
    "  cang sync --config sync.yaml --server http://127.0.0.1:5000 --dry-run\n"
    "\n"
    "  sync.yaml:\n"
    "    registries:\n"
    "      registry.example.com: {user: robot, password-file: /run/secrets/robot}\n"
    "    sync:\n"
    "      - source: docker://registry.example.com/library/nginx   # one repository\n"
    "        tags: [\"1.25\", {glob: \"1.*-alpine\"}, {regex: \"v[0-9]+\"}, {semver: \">=1.20 <2\"}]\n"
    "        exclude-tags: [\"*-rc*\"]\n"
    "        newest: 10                                            # by version\n"
    "        platforms: [linux/amd64, linux/arm64]\n"
    "        target: mirror                                        # becomes mirror/library/nginx\n"
    "      - source: docker://registry.example.com                 # many repositories\n"
    "        repositories: [{glob: \"team/**\"}]\n"
    "        referrers: true\n"
    "        target: docker://other.example.com/copies\n";

} // namespace

Command sync_command() {
    return {
        .name = "sync",
        .description =
            "Copy many repositories and tags by pattern, as a YAML file says.\n\n"
            "Asks for each chosen tag with one request and copies those that differ. One failure does not stop the "
            "others; the exit code is 1 when there was any. Nothing is ever deleted at the target.\n\n"
            "Patterns: plain text with * and ? is a glob (* stays within a path element, ** does not); {glob:}, "
            "{regex:} and {semver:} say the kind.",
        .examples = kExamples,
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.required_option("-c,--config", "FILE", arguments->config, "The YAML file.");
            builder.flag("-n,--dry-run", arguments->dry_run, "Only tell what would be copied.");
            builder.option("-j,--jobs", "N", arguments->jobs, 1, 64, "Images to copy at a time; default 4.");
            builder.option("--retry", "N", arguments->retries, 0, 100, "Retries of a request that failed; default 4.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_sync_command(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
