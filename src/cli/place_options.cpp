#include "cli/place_options.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr const char* kAuthfileHelp = "Credentials file, as config.json of Docker; default ~/.docker/config.json.";

// `side` is empty, "source-" or "target-".
void add_access(OptionBuilder& builder, AccessOptions& options, const std::string& side) {
    std::string whose = side.empty() ? "" : fmt::format(" For the {} only.", side.substr(0, side.size() - 1));
    auto flag = [&](std::string_view name) { return fmt::format("--{}{}", side, name); };
    builder.flag(flag("tls-verify"), options.tls_verify,
                 "Verify certificates; =false also accepts plain HTTP." + whose);
    builder.option(flag("creds"), "USER[:PASSWORD]", options.credentials,
                   "Credentials, instead of those of the credentials file." + whose);
    builder.option(flag("cert-dir"), "DIR", options.cert_dir,
                   "Directory with ca.crt, client.cert and client.key." + whose);
    builder.option(flag("ca-file"), "FILE", options.ca_file, "Authority to trust besides the system's, PEM." + whose);
    builder.option(flag("cert"), "FILE", options.client_cert, "Client certificate, PEM." + whose);
    builder.option(flag("key"), "FILE", options.client_key, "Key of the client certificate, PEM." + whose);
}

void add_common(OptionBuilder& builder, PlaceOptions& options) {
    builder.heading("Places");
    builder.option("--server", "URL", options.server, "A bare REPOSITORY:TAG is in the warehouse of this server.");
    builder.option("--data", "DIR", options.data,
                   "A bare REPOSITORY:TAG is in the warehouse of this data directory, with no server running on it.");
    builder.option("--authfile", "FILE", options.authfile, kAuthfileHelp);
    builder.option("--docker-host", "URL", options.docker_host,
                   "Docker Engine of docker-daemon: names; default unix:///var/run/docker.sock.");
    builder.option("--proxy", "URL", options.proxy, "Proxy for registries.");
}

AccessOptions merge(const AccessOptions& side, const AccessOptions& both) {
    AccessOptions merged = both;
    if (side.tls_verify)
        merged.tls_verify = side.tls_verify;
    auto take = [](std::string& target, const std::string& source) {
        if (!source.empty())
            target = source;
    };
    take(merged.credentials, side.credentials);
    take(merged.cert_dir, side.cert_dir);
    take(merged.ca_file, side.ca_file);
    take(merged.client_cert, side.client_cert);
    take(merged.client_key, side.client_key);
    return merged;
}

} // namespace

void add_place_options(OptionBuilder& builder, PlaceOptions& options) {
    add_common(builder, options);
    add_access(builder, options.access, "");
}

void add_server_options(OptionBuilder& builder, PlaceOptions& options) {
    builder.heading("Server");
    builder.option("--server", "URL", options.server, "The server to ask.");
    builder.option("--authfile", "FILE", options.authfile, kAuthfileHelp);
    builder.option("--proxy", "URL", options.proxy, "Proxy to the server.");
    add_access(builder, options.access, "");
}

void add_two_place_options(OptionBuilder& builder, TwoPlaceOptions& options) {
    add_place_options(builder, options.common);
    builder.heading("Places, one side");
    add_access(builder, options.source, "source-");
    add_access(builder, options.target, "target-");
}

PlaceOptions TwoPlaceOptions::source_options() const {
    PlaceOptions options = common;
    options.access = merge(source, common.access);
    return options;
}

PlaceOptions TwoPlaceOptions::target_options() const {
    PlaceOptions options = common;
    options.access = merge(target, common.access);
    return options;
}

PlaceOptions with_environment(PlaceOptions options, const Console& console) {
    if (!options.server.empty() && !options.data.empty())
        throw Error(ErrorKind::invalid_argument, "--server and --data exclude each other");
    if (options.server.empty() && options.data.empty()) {
        options.server = console.environment("CANG_SERVER");
        options.data = options.server.empty() ? console.environment("CANG_DATA") : "";
    }
    if (options.authfile.empty())
        options.authfile = console.environment("REGISTRY_AUTH_FILE");
    if (options.docker_host.empty())
        options.docker_host = console.environment("DOCKER_HOST");
    return options;
}

std::optional<UserPassword> parse_credentials(const std::string& text, const Console& console) {
    if (text.empty())
        return std::nullopt;
    auto colon = text.find(':');
    UserPassword credentials{
        text.substr(0, colon),
        Secret(colon == std::string::npos ? console.environment("CANG_PASSWORD") : text.substr(colon + 1))};
    if (credentials.user.empty())
        throw Error(ErrorKind::invalid_argument, "--creds has no user\nwrite USER:PASSWORD");
    if (colon == std::string::npos && credentials.password.empty())
        throw Error(ErrorKind::invalid_argument, "--creds has no password\nwrite USER:PASSWORD, or set CANG_PASSWORD");
    return credentials;
}

std::vector<std::string> place_environment() {
    return {"CANG_SERVER",
            "CANG_DATA",
            "CANG_PASSWORD",
            "DOCKER_CONFIG",
            "REGISTRY_AUTH_FILE",
            "DOCKER_HOST",
            "HTTP_PROXY, HTTPS_PROXY, NO_PROXY",
            "NO_COLOR"};
}

std::vector<std::string> server_environment() {
    return {"CANG_SERVER", "CANG_PASSWORD", "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "HTTP_PROXY, HTTPS_PROXY, NO_PROXY",
            "NO_COLOR"};
}

} // namespace cang::cli
