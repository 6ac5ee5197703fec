#include "registry/page.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::registry {

namespace {

constexpr std::uint64_t kMaxCount = 1'000'000'000; // what a careless "give me everything" says; beyond it is a mistake
constexpr std::size_t kMaxLast = 512;              // longer than any repository or tag

} // namespace

Page parse_page(const http::Request& request) {
    Page page;
    if (auto text = request.query_value("n")) {
        std::uint64_t count = 0;
        auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), count);
        if (failure != std::errc{} || end != text->data() + text->size() || count > kMaxCount)
            throw Error(ErrorKind::invalid_argument, "the query parameter n must be a number from 0 to 1000000000");
        page.limit = std::min<std::uint64_t>(count, kMaxPage);
    }
    if (auto text = request.query_value("last")) {
        if (text->size() > kMaxLast)
            throw Error(ErrorKind::invalid_argument, "the query parameter last is longer than any name");
        page.last = std::move(*text);
    }
    return page;
}

void add_next_link(http::Response& response, const http::Request& request, const Page& page, std::string_view last) {
    response.headers.add(
        "Link", fmt::format("<{}?n={}&last={}>; rel=\"next\"", request.path, page.limit, http::percent_encode(last)));
}

} // namespace cang::registry
