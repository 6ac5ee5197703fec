#include "distribution/name_page.hpp"

#include "base/oci/reference.hpp"
#include "distribution/paging.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

// A search reads on until it has found enough, but not for ever.
constexpr std::size_t kPages = 20;
constexpr std::size_t kSearchedNames = 1000; // a page of a search

using Validator = bool (*)(std::string_view);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(std::string_view name, std::string_view part) {
    auto same = [](char a, char b) { return lower(a) == lower(b); };
    return !std::ranges::search(name, part, same).empty() || part.empty();
}

struct Listing {
    std::string path;
    std::string member;
    Validator valid;
    Scopes scopes;
    std::string action;
};

const boost::json::array& names_of(const boost::json::value& page, const Listing& listing) {
    static const boost::json::array none;
    const auto* object = page.if_object();
    const auto* list = object != nullptr ? object->if_contains(listing.member) : nullptr;
    if (object == nullptr || (list != nullptr && !list->is_array() && !list->is_null()))
        throw Error(ErrorKind::corrupt,
                    fmt::format("{}: the registry's answer has no list \"{}\"", listing.action, listing.member));
    return list != nullptr && list->is_array() ? list->get_array() : none;
}

// Takes what fits. True when the page is full before the list's end; the cursor is then where to go on.
bool collect(const boost::json::array& list, const Listing& listing, const NameQuery& query, NameCursor& cursor,
             NamePage& page) {
    for (; cursor.seen < list.size(); ++cursor.seen) {
        const auto* name = list[cursor.seen].if_string();
        if (name == nullptr || !listing.valid(*name) || !contains(*name, query.search))
            continue;
        if (page.names.size() == query.limit)
            return true;
        page.names.emplace_back(*name);
    }
    return false;
}

NameCursor first_cursor(const NameQuery& query) {
    if (query.cursor.empty())
        return {.seen = 0, .query = fmt::format("n={}", query.search.empty() ? query.limit : kSearchedNames)};
    auto cursor = NameCursor::parse(query.cursor);
    if (!cursor)
        throw Error(ErrorKind::invalid_argument, "cursor is not one that a page gave");
    return std::move(*cursor);
}

// nullopt when the registry knows no such list.
awaitable<std::optional<NamePage>> read_page(RegistryClient& client, Listing listing, NameQuery query) {
    auto cursor = first_cursor(query);
    NamePage page;
    for (std::size_t count = 0; count < kPages; ++count) {
        PageRequest request;
        request.target = fmt::format("{}?{}", listing.path, cursor.query);
        request.scopes = listing.scopes;
        request.action = listing.action;
        auto received = co_await fetch_page(client, std::move(request));
        if (!received)
            co_return std::nullopt;
        bool full = collect(names_of(received->document, listing), listing, query, cursor, page);
        auto question = received->next.find('?');
        if (!full && question == std::string::npos)
            co_return page;
        if (!full)
            cursor = {.seen = 0, .query = received->next.substr(question + 1)};
        page.next = cursor.to_string();
        if (!NameCursor::parse(page.next))
            throw Error(ErrorKind::corrupt,
                        fmt::format("{}: the registry's link to the next page is unusable", listing.action));
        if (full || page.names.size() == query.limit)
            break;
    }
    co_return page;
}

bool valid_tag(std::string_view text) { return oci::is_valid_tag(text); }
bool valid_repository(std::string_view text) { return oci::is_valid_repository(text); }

} // namespace

std::expected<NameCursor, ParseError> NameCursor::parse(std::string_view text) {
    NameCursor cursor;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cursor.seen);
    auto at = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc() || at == text.size() || text[at] != ':')
        return std::unexpected(ParseError{"a number and ':' are missing", at});
    cursor.query = text.substr(at + 1);
    auto is_odd = [](char c) { return c <= ' ' || c >= 127 || c == '#'; };
    if (text.size() > max_bytes || std::ranges::any_of(cursor.query, is_odd))
        return std::unexpected(ParseError{"the query is too long or none of a URL", at + 1});
    return cursor;
}

std::string NameCursor::to_string() const { return fmt::format("{}:{}", seen, query); }

awaitable<NamePage> page_of_tags(RegistryClient& client, std::string repository, NameQuery query) {
    Listing listing{.path = fmt::format("/v2/{}/tags/list", repository),
                    .member = "tags",
                    .valid = valid_tag,
                    .scopes = pull_scope(repository),
                    .action = fmt::format("listing the tags of {}/{}", client.registry(), repository)};
    auto action = listing.action;
    auto page = co_await read_page(client, std::move(listing), std::move(query));
    if (!page)
        throw Error(ErrorKind::not_found, fmt::format("{}: there is no such repository", action));
    co_return std::move(*page);
}

awaitable<NamePage> page_of_repositories(RegistryClient& client, NameQuery query) {
    Listing listing{.path = "/v2/_catalog",
                    .member = "repositories",
                    .valid = valid_repository,
                    .scopes = Scopes(1, "registry:catalog:*"),
                    .action = fmt::format("listing the repositories of {}", client.registry())};
    auto page = co_await read_page(client, std::move(listing), std::move(query));
    if (!page)
        throw Error(ErrorKind::unsupported,
                    fmt::format("{} has no catalog; open a repository by its name", client.registry()));
    co_return std::move(*page);
}

} // namespace cang::distribution
