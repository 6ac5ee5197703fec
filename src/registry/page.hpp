// Pagination of lists: ?n= and ?last=, and the Link header that leads on (distribution-spec "Listing tags").
#pragma once

#include "base/error.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace cang::registry {

// The most entries of one answer; a client that asks for more, or for all, follows Link.
inline constexpr std::size_t kMaxPage = 10'000;

struct Page {
    std::size_t limit = kMaxPage;
    std::string last; // entries after this one, by byte order
};

// Throws Error{invalid_argument} when n is not a number that a list can have, or `last` is no possible name.
Page parse_page(const http::Request& request);

// Adds Link to the page after `last`; other query parameters of the request are not kept.
void add_next_link(http::Response& response, const http::Request& request, const Page& page, std::string_view last);

} // namespace cang::registry
