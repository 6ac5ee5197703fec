// A page of names for people who look around: in the registry's order and sizes, without reading the whole list first.
#pragma once

#include "distribution/registry_client.hpp"

namespace cang::distribution {

struct NameQuery {
    std::string search; // part of the name, whatever the case of its letters
    std::string cursor; // `next` of the page before
    std::size_t limit = 50;
};

struct NamePage {
    std::vector<std::string> names; // at most the limit; may be few or none although there are more
    std::string next;               // empty on the last page
};

// Where a page begins: the registry's own query, and how many of its names were seen already.
struct NameCursor {
    static constexpr std::size_t max_bytes = 1000;

    static std::expected<NameCursor, ParseError> parse(std::string_view text);
    std::string to_string() const;

    std::size_t seen = 0;
    std::string query; // "n=50&last=app"
};

// Throws Error{not_found} when there is no such repository.
awaitable<NamePage> page_of_tags(RegistryClient& client, std::string repository, NameQuery query);
// Throws Error{unsupported} where there is no catalog, Error{permission_denied} where it is not for us.
awaitable<NamePage> page_of_repositories(RegistryClient& client, NameQuery query);

} // namespace cang::distribution
