// Where a Docker Engine listens, as DOCKER_HOST writes it.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace cang::docker {

struct Endpoint {
    std::string base_url;    // "http://docker" for sockets, "http://host:2375", "https://host:2376"; no trailing slash
    std::string unix_socket; // path, empty for TCP
    bool tls = false;

    static constexpr std::string_view default_text = "unix:///var/run/docker.sock";

    // unix:///path, tcp://host[:port], http://host[:port], https://host[:port]. `tls` makes tcp:// an https one.
    // Ports default to 2375 and 2376. ssh:// is not spoken here.
    static std::expected<Endpoint, ParseError> parse(std::string_view text, bool tls = false);
};

} // namespace cang::docker
