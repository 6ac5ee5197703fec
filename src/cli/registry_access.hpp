// How a registry is reached and who we are there, from options, environment and the credentials file.
#pragma once

#include "cli/place_options.hpp"
#include "distribution/credential_store.hpp"
#include "distribution/registry_client.hpp"

namespace cang::cli {

// Everything of `options` that concerns the connection to `registry`; may run a credential helper, which blocks.
distribution::RegistryOptions registry_options(const std::string& registry, const PlaceOptions& options,
                                               const Console& console);

// The files that login and logout write and everybody reads.
distribution::CredentialStore credential_store(const PlaceOptions& options, const Console& console);

// --server URL as a registry. Throws Error{invalid_argument} when it is no http or https URL of a host alone.
struct ServerAddress {
    std::string registry; // host[:port]
    bool plain_http = false;
};
ServerAddress parse_server(const std::string& url);

} // namespace cang::cli
