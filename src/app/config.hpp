// What `cang serve` was asked to do: one validated value made of the settings.
#pragma once

#include "http/address_policy.hpp"
#include "http/server.hpp"
#include "identity/oidc/provider.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "registry/auth/access.hpp"
#include "settings/read_settings.hpp"

namespace cang::app {

struct Config {
    settings::Settings settings; // what the rest was made of
    warehouse::WarehouseOptions warehouse;
    http::ServerOptions http;
    registry::auth::AccessOptions access;
    identity::oidc::Options oidc;
    std::shared_ptr<const http::AddressPolicy> outgoing; // where requests of the server itself may go
    std::chrono::milliseconds audit_retention{0};        // 0: for ever
    std::filesystem::path admin_password_file;
    std::chrono::milliseconds collect_interval{0}; // 0: never by itself
    std::chrono::milliseconds upload_expiry{0};
    bool collect_untagged = false;
    std::chrono::milliseconds shutdown_grace{0};
    std::string log_level;
    bool access_log = true;
};

// Throws Error{invalid_argument} when a setting that has no default is missing.
Config make_config(const settings::Settings& settings);

// The same out of their sources. Throws Error{invalid_argument} with the first problem, and how to see all of them.
Config read_config(const settings::Sources& sources);

} // namespace cang::app
