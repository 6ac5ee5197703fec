// Where a registry is, as a person writes it: the URL of a server and nothing else. Pure.
#pragma once

#include "base/error.hpp"

#include <expected>

namespace cang::transfer {

struct RegistryAddress {
    // "http[s]://HOST[:PORT]" with a HOST that image names can have: a port that the scheme implies is left out, unless
    // the host would then look like a repository.
    static std::expected<RegistryAddress, ParseError> parse(std::string_view url);

    std::string url() const;

    std::string host; // "registry.example:5000"; "docker.io" for Docker Hub under any of its names
    bool plain_http = false;

    friend bool operator==(const RegistryAddress&, const RegistryAddress&) = default;
};

// How the registry of an image name is kept: lower case, and one name for Docker Hub.
std::string registry_host(std::string_view registry);

} // namespace cang::transfer
