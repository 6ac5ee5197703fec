#include "api/v1/registry_input.hpp"

#include "api/v1/input.hpp"

namespace cang::api::v1 {

namespace {

// Null and the empty text are the same: none.
std::optional<std::string> hidden_text(const boost::json::object& body, const oci::JsonScope& scope,
                                       std::string_view key) {
    if (!body.contains(key))
        return std::nullopt;
    return scope.text(key);
}

} // namespace

transfer::RegistrySettings parse_registry_settings(const boost::json::object& body) {
    transfer::RegistrySettings settings;
    read_fields(body, [&](const oci::JsonScope& scope) {
        settings.name = scope.text("name");
        settings.url = scope.required_text("url");
        settings.user = scope.text("user");
        if (auto password = hidden_text(body, scope, "password"))
            settings.password = Secret(std::move(*password));
        settings.ca_certificate = hidden_text(body, scope, "caCertificate");
        settings.tls_verify = scope.find("tlsVerify") == nullptr || scope.flag("tlsVerify");
    });
    return settings;
}

} // namespace cang::api::v1
