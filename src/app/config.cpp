#include "app/config.hpp"

#include "app/duration.hpp"
#include "base/log.hpp"
#include "vault/key_file.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::app {

namespace {

[[noreturn]] void refuse(std::string_view option, std::string_view reason) {
    throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", option, reason));
}

std::chrono::milliseconds duration(std::string_view option, std::string_view text) {
    auto parsed = parse_duration(text);
    if (!parsed)
        refuse(option, parsed.error().to_string());
    return *parsed;
}

registry::auth::Mode auth_mode(std::string_view text) {
    using registry::auth::Mode;
    if (text == "token")
        return Mode::token;
    if (text == "basic")
        return Mode::basic;
    if (text == "none")
        return Mode::none;
    refuse("--auth", "must be token, basic or none");
}

identity::Anonymous anonymous_mode(std::string_view text) {
    using identity::Anonymous;
    if (text == "none")
        return Anonymous::none;
    if (text == "pull")
        return Anonymous::pull;
    if (text == "push")
        return Anonymous::push;
    refuse("--anonymous", "must be none, pull or push");
}

std::string external_url(std::string text) {
    if (text.empty())
        return text;
    if (!text.starts_with("https://") && !text.starts_with("http://"))
        refuse("--external-url", "must start with https:// or http://");
    if (text.find_first_of("\"\\ \t\r\n@?#") != std::string::npos)
        refuse("--external-url", "must be only scheme, host, port and path");
    while (text.ends_with('/'))
        text.pop_back();
    return text;
}

registry::auth::AccessOptions access_options(const ServeOptions& options) {
    registry::auth::AccessOptions access{.mode = auth_mode(options.auth),
                                         .anonymous = anonymous_mode(options.anonymous),
                                         .external_url = external_url(options.external_url)};
    // A Docker client asks /v2/ once whether to sign in at all: with Basic it would then always or never do so.
    if (access.mode == registry::auth::Mode::basic && access.anonymous != identity::Anonymous::none)
        refuse("--anonymous", "needs --auth token, as clients can't mix Basic sign-in with anonymous access");
    return access;
}

identity::oidc::Options oidc_options(const ServeOptions& options) {
    identity::oidc::Options oidc;
    if (options.oidc_issuer.empty())
        return oidc;
    if (!options.oidc_issuer.starts_with("https://") && !options.oidc_issuer.starts_with("http://"))
        refuse("--oidc-issuer", "must start with https:// or http://");
    if (options.oidc_client_id.empty())
        refuse("--oidc-client-id", "is needed with --oidc-issuer");
    oidc.issuer = options.oidc_issuer;
    oidc.client_id = options.oidc_client_id;
    oidc.name = options.oidc_name;
    oidc.scopes = options.oidc_scopes;
    oidc.groups_claim = options.oidc_groups_claim;
    oidc.admin_group = options.oidc_admin_group;
    if (!options.oidc_client_secret_file.empty()) {
        auto secret = vault::find_secret_file(options.oidc_client_secret_file);
        if (!secret)
            refuse("--oidc-client-secret-file", "the file does not exist");
        auto text = secret->reveal();
        text.erase(text.find_last_not_of("\r\n") + 1);
        oidc.client_secret = Secret(std::move(text));
    }
    try {
        oidc.group_roles = identity::oidc::parse_group_roles(options.oidc_group_roles);
    } catch (const Error& error) {
        refuse("--oidc-group-roles", error.message());
    }
    return oidc;
}

http::ServerOptions http_options(const ServeOptions& options) {
    auto listen = parse_listen(options.listen);
    if (!listen)
        refuse("--listen", listen.error().to_string());
    if (options.tls_cert.empty() != options.tls_key.empty())
        refuse(options.tls_cert.empty() ? "--tls-key" : "--tls-cert", "certificate and key come together");
    http::ServerOptions http;
    http.address = listen->host;
    http.port = listen->port;
    http.threads = options.threads;
    http.tls_cert_file = options.tls_cert;
    http.tls_key_file = options.tls_key;
    http.trust_forwarded = options.trust_proxy;
    return http;
}

} // namespace

std::expected<ListenAddress, ParseError> parse_listen(std::string_view text) {
    auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::unexpected(ParseError{"an address is HOST:PORT", text.size()});
    auto host = text.substr(0, colon);
    auto port = text.substr(colon + 1);
    ListenAddress address;
    auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || failure != std::errc{} || end != port.data() + port.size())
        return std::unexpected(ParseError{"the port is a number from 0 to 65535", colon + 1});
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::unexpected(ParseError{"an IPv6 address stands in brackets", 0});
    address.host = host.empty() ? "::" : std::string(host);
    return address;
}

Config make_config(const ServeOptions& options) {
    if (options.data.empty())
        refuse("--data", "name the directory that keeps everything");
    Config config;
    config.warehouse.data_directory = options.data;
    config.warehouse.grace = duration("--gc-grace", options.gc_grace);
    config.http = http_options(options);
    config.access = access_options(options);
    config.oidc = oidc_options(options);
    config.admin_password_file = options.admin_password_file;
    config.collect_interval = duration("--gc-interval", options.gc_interval);
    config.upload_expiry = duration("--upload-expiry", options.upload_expiry);
    config.collect_untagged = options.gc_untagged;
    config.shutdown_grace = duration("--shutdown-grace", options.shutdown_grace);
    config.log_level = options.log_level;
    if (!log::set_level(config.log_level))
        refuse("--log-level", "must be debug, info, warn, error or off");
    config.access_log = !options.no_access_log && log::enabled(log::Level::info);
    return config;
}

} // namespace cang::app
