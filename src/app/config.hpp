// What `cang serve` was asked to do: the options as given, and the one validated value made of them.
#pragma once

#include "http/server.hpp"
#include "identity/oidc/provider.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "registry/auth/access.hpp"

namespace cang::app {

// As texts, so that one place judges them and names the option in its message.
struct ServeOptions {
    std::string data;
    std::string listen = "127.0.0.1:5000";
    std::string admin_password_file;
    std::string auth = "token";
    std::string anonymous = "none";
    std::string external_url;
    std::string oidc_issuer;
    std::string oidc_client_id;
    std::string oidc_client_secret_file;
    std::string oidc_name = "OpenID Connect";
    std::string oidc_scopes = "openid profile email groups";
    std::string oidc_groups_claim = "groups";
    std::string oidc_admin_group;
    std::string oidc_group_roles;
    std::string tls_cert;
    std::string tls_key;
    bool trust_proxy = false;
    std::uint64_t threads = 0;
    std::string gc_interval = "1h";
    std::string gc_grace = "1h";
    std::string upload_expiry = "24h";
    bool gc_untagged = false;
    std::string shutdown_grace = "10s";
    std::string log_level = "info";
    bool no_access_log = false;
};

struct Config {
    warehouse::WarehouseOptions warehouse;
    http::ServerOptions http;
    registry::auth::AccessOptions access;
    identity::oidc::Options oidc;
    std::filesystem::path admin_password_file;
    std::chrono::milliseconds collect_interval{0}; // 0: never by itself
    std::chrono::milliseconds upload_expiry{0};
    bool collect_untagged = false;
    std::chrono::milliseconds shutdown_grace{0};
    std::string log_level;
    bool access_log = true;
};

// Throws Error{invalid_argument} "--option: what is wrong".
Config make_config(const ServeOptions& options);

struct ListenAddress {
    std::string host; // numeric address without brackets, or a name
    std::uint16_t port = 0;
};

// "HOST:PORT", "[::1]:5000", ":5000" (every address).
std::expected<ListenAddress, ParseError> parse_listen(std::string_view text);

} // namespace cang::app
