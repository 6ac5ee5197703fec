// Docker's config.json and containers' auth.json: registries and how to get their credentials. Pure: text in, text out.
//
// Members that we do not know are kept when the document is written again.
#pragma once

#include "base/error.hpp"
#include "distribution/credentials.hpp"

#include <boost/json/object.hpp>
#include <expected>
#include <optional>
#include <string>

namespace cang::distribution {

class DockerConfig {
public:
    static constexpr std::size_t max_bytes = 4 * 1024 * 1024;

    // An empty text is an empty document.
    static std::expected<DockerConfig, ParseError> parse(std::string_view text);

    // Credentials written in the document itself. `registry` is "host[:port]" or "docker.io".
    std::optional<Credentials> find(std::string_view registry) const;
    // Name of the credential helper ("desktop" for docker-credential-desktop) in charge of the registry; empty: none.
    std::string helper_for(std::string_view registry) const;

    void put(std::string_view registry, const Credentials& credentials);
    // False when there was nothing for it.
    bool erase(std::string_view registry);

    std::string to_text() const;

private:
    boost::json::object document_;
};

// The key under which a registry's credentials are stored and handed to helpers: the registry itself, but
// "https://index.docker.io/v1/" for Docker Hub under any of its names.
std::string credentials_key(std::string_view registry);

} // namespace cang::distribution
