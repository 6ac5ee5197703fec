#include "distribution/paging.hpp"

#include "base/error.hpp"
#include "base/oci/digest.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <set>

namespace cang::distribution {

namespace json = boost::json;

namespace {

json::value parse_page(const std::string& text, const std::string& action) {
    json::parse_options options;
    options.max_depth = 32;
    json::error_code failure;
    json::value page = json::parse(text, failure, {}, options);
    if (failure)
        throw Error(ErrorKind::corrupt, fmt::format("{}: the registry sent something that is not JSON", action));
    return page;
}

// A relative link belongs to the page's path; an absolute one may only lead back to the registry's own API.
std::string next_target(const std::string& link, const std::string& current) {
    if (link.starts_with("?"))
        return current.substr(0, current.find('?')) + link;
    auto scheme = link.find("://");
    if (scheme == std::string::npos)
        return link.starts_with("/") ? link : "/" + link;
    auto path = link.find('/', scheme + 3);
    return path == std::string::npos ? "/" : link.substr(path);
}

} // namespace

awaitable<std::optional<Page>> fetch_page(RegistryClient& client, PageRequest request) {
    ApiRequest get;
    get.target = request.target;
    get.scopes = request.scopes;
    if (!request.accept.empty())
        get.headers.add("Accept", request.accept);
    http::ClientResponse response = co_await client.send(std::move(get));
    if (response.status == 404 || response.status == 405)
        co_return std::nullopt;
    if (response.status != 200)
        co_await client.refuse(response, request.action);
    auto link = http::parse_link(response.headers.get("Link"), "next");
    std::string text = co_await io::read_all(*response.body, request.page_bytes);
    Page page{.document = parse_page(text, request.action), .next = {}};
    if (link)
        page.next = next_target(*link, request.target);
    co_return page;
}

// Within bounds, and never in circles.
awaitable<bool> visit_pages(RegistryClient& client, PageRequest request, PageVisitor visit) {
    std::set<oci::Digest> seen; // of the targets, so that long ones take no more room
    for (std::size_t count = 0;; ++count) {
        if (count == request.max_pages)
            throw Error(ErrorKind::corrupt, fmt::format("{}: more than {} pages", request.action, request.max_pages));
        if (!seen.insert(oci::Digest::of(std::string_view(request.target))).second)
            throw Error(ErrorKind::corrupt, fmt::format("{}: the registry's pages go in a circle", request.action));
        auto page = co_await fetch_page(client, request);
        if (!page && count == 0)
            co_return false;
        if (!page)
            throw Error(ErrorKind::not_found, fmt::format("{}: the registry has lost a page", request.action));
        visit(page->document);
        if (page->next.empty())
            co_return true;
        request.target = page->next;
    }
}

} // namespace cang::distribution
