// Lists that come in pages, with Link: rel="next" from one to the next.
#pragma once

#include "distribution/registry_client.hpp"

#include <boost/json/value.hpp>

namespace cang::distribution {

struct PageRequest {
    std::string target;
    Scopes scopes;
    std::string accept;
    std::string action; // for messages
    std::size_t page_bytes = 16 * 1024 * 1024;
    std::size_t max_pages = 10'000;
};

struct Page {
    boost::json::value document; // any JSON value
    std::string next;            // target of the next page; empty on the last
};
// The page of `request.target`; nullopt when it is a 404 or 405.
awaitable<std::optional<Page>> fetch_page(RegistryClient& client, PageRequest request);

using PageVisitor = std::function<void(const boost::json::value&)>;

// Visits every page. Returns false when the first one is a 404 or 405.
awaitable<bool> visit_pages(RegistryClient& client, PageRequest request, PageVisitor visit);

} // namespace cang::distribution
