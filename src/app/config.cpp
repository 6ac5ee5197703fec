#include "app/config.hpp"

#include "http/security_headers.hpp"
#include "settings/listen_address.hpp"
#include "vault/key_file.hpp"

#include <fmt/format.h>

namespace cang::app {

namespace {

constexpr std::string_view kNearbyProxies = "loopback,private";

template <typename Choice>
Choice choose(const std::string& text, std::initializer_list<std::pair<std::string_view, Choice>> choices) {
    for (const auto& [word, choice] : choices)
        if (word == text)
            return choice;
    throw Error(ErrorKind::internal, fmt::format("\"{}\" is not in the table of settings", text));
}

registry::auth::AccessOptions access_options(const settings::Settings& settings) {
    using identity::Anonymous;
    using registry::auth::Mode;
    auto url = settings.text("external-url");
    while (url.ends_with('/'))
        url.pop_back();
    return {.mode = choose<Mode>(settings.text("auth"),
                                 {{"token", Mode::token}, {"basic", Mode::basic}, {"none", Mode::none}}),
            .anonymous =
                choose<Anonymous>(settings.text("anonymous"),
                                  {{"none", Anonymous::none}, {"pull", Anonymous::pull}, {"push", Anonymous::push}}),
            .external_url = std::move(url)};
}

http::AddressRanges trusted_proxies(const settings::Settings& settings) {
    if (settings.boolean("trust-proxy"))
        return http::AddressRanges::parse(kNearbyProxies).value();
    return settings.ranges("trusted-proxies");
}

http::ServerOptions http_options(const settings::Settings& settings) {
    auto listen = settings::parse_listen(settings.text("listen"));
    http::ServerOptions http;
    http.address = listen->host;
    http.port = listen->port;
    http.threads = settings.number("threads");
    http.tls_cert_file = settings.text("tls-cert");
    http.tls_key_file = settings.text("tls-key");
    http.header_timeout = settings.duration("header-timeout");
    http.idle_timeout = settings.duration("idle-timeout");
    http.body_stall_timeout = settings.duration("stall-timeout");
    http.body_timeout = settings.duration("body-timeout");
    http.max_header_bytes = settings.size("max-header-size");
    if (auto most = settings.size("max-body-size"); most > 0)
        http.max_body_bytes = most;
    http.max_connections = settings.number("max-connections");
    http.max_connections_per_address = settings.number("max-connections-per-address");
    http.trusted_proxies = trusted_proxies(settings);
    auto hsts = std::chrono::floor<std::chrono::seconds>(settings.duration("hsts"));
    http.common_headers = http::security_headers(http.tls_cert_file.empty() ? std::chrono::seconds(0) : hsts);
    http.default_policy = http::kDataPolicy;
    return http;
}

Secret client_secret(const std::string& file) {
    if (file.empty())
        return {};
    auto secret = vault::find_secret_file(file);
    if (!secret)
        throw Error(ErrorKind::invalid_argument, "--oidc-client-secret-file: the file does not exist");
    auto text = secret->reveal();
    text.erase(text.find_last_not_of("\r\n") + 1);
    return Secret(std::move(text));
}

identity::oidc::Options oidc_options(const settings::Settings& settings) {
    identity::oidc::Options oidc;
    oidc.issuer = settings.text("oidc-issuer");
    if (oidc.issuer.empty())
        return oidc;
    oidc.client_id = settings.text("oidc-client-id");
    if (oidc.client_id.empty())
        throw Error(ErrorKind::invalid_argument, "--oidc-client-id: is needed with --oidc-issuer");
    oidc.client_secret = client_secret(settings.text("oidc-client-secret-file"));
    oidc.name = settings.text("oidc-name");
    oidc.scopes = settings.text("oidc-scopes");
    oidc.groups_claim = settings.text("oidc-groups-claim");
    oidc.admin_group = settings.text("oidc-admin-group");
    try {
        oidc.group_roles = identity::oidc::parse_group_roles(settings.text("oidc-group-roles"));
    } catch (Error& error) {
        error.during("--oidc-group-roles");
        throw;
    }
    return oidc;
}

// The table has checked both lists.
std::shared_ptr<const http::AddressPolicy> outgoing_policy(const settings::Settings& settings) {
    return std::make_shared<const http::AddressPolicy>(
        http::OutgoingList::parse(settings.text("outgoing-allow")).value(),
        http::OutgoingList::parse(settings.text("outgoing-deny")).value());
}

} // namespace

Config make_config(const settings::Settings& settings) {
    if (settings.text("data").empty())
        throw Error(ErrorKind::invalid_argument,
                    "--data: name the directory that keeps everything, here, in CANG_DATA or in the file of --config");
    Config config;
    config.settings = settings;
    config.warehouse.data_directory = settings.text("data");
    config.warehouse.grace = settings.duration("gc-grace");
    config.http = http_options(settings);
    config.access = access_options(settings);
    config.outgoing = outgoing_policy(settings);
    config.oidc = oidc_options(settings);
    config.oidc.policy = config.outgoing;
    config.audit_retention = settings.duration("audit-retention");
    config.admin_password_file = settings.text("admin-password-file");
    config.collect_interval = settings.duration("gc-interval");
    config.upload_expiry = settings.duration("upload-expiry");
    config.collect_untagged = settings.boolean("gc-untagged");
    config.shutdown_grace = settings.duration("shutdown-grace");
    config.log_level = settings.text("log-level");
    config.access_log = settings.boolean("access-log") && (config.log_level == "debug" || config.log_level == "info");
    return config;
}

Config read_config(const settings::Sources& sources) {
    auto reading = settings::read_settings(sources);
    if (reading.problems.empty())
        return make_config(reading.settings);
    auto message = reading.problems.front();
    if (auto more = reading.problems.size() - 1; more > 0)
        message += fmt::format("\n`cang config verify` tells {} more", more);
    throw Error(ErrorKind::invalid_argument, message);
}

} // namespace cang::app
