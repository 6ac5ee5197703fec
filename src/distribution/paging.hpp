// Follows Link: rel="next" from page to page, within bounds, and never in circles.
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

using PageVisitor = std::function<void(const boost::json::value&)>;

// Visits every page; a page is any JSON value. Returns false when the first page is a 404 or 405.
awaitable<bool> visit_pages(RegistryClient& client, PageRequest request, PageVisitor visit);

} // namespace cang::distribution
