// Blobs: end-2 GET and HEAD with byte ranges, end-10 DELETE.

#include "registry/error_body.hpp"
#include "registry/operation.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::registry {

namespace {

http::Response blob_unknown(std::string_view repository, const oci::Digest& digest) {
    return error_response(404, "BLOB_UNKNOWN",
                          fmt::format("the repository {} has no blob {}", repository, digest.to_string()));
}

std::string entity_tag(const oci::Digest& digest) { return fmt::format("\"{}\"", digest.to_string()); }

http::Fields blob_headers(const oci::Digest& digest) {
    return {{"Content-Type", "application/octet-stream"},
            {"Docker-Content-Digest", digest.to_string()},
            {"ETag", entity_tag(digest)},
            {"Accept-Ranges", "bytes"},
            // What a digest names never changes; only the reader's right to see it may.
            {"Cache-Control", "private, max-age=31536000, immutable"}};
}

http::Response not_modified_response(const oci::Digest& digest) {
    http::Response response{.status = 304, .headers = blob_headers(digest), .body = {}, .stated_length = {}};
    response.headers.erase("Content-Type");
    return response;
}

http::Response range_not_satisfiable(std::uint64_t size) {
    auto response = error_response(416, "SIZE_INVALID", fmt::format("the blob has {} bytes", size));
    response.headers.set("Content-Range", fmt::format("bytes */{}", size));
    return response;
}

// A range is void when If-Range names another entity (RFC 9110 §13.1.5).
std::string_view effective_range(const http::Request& request, const oci::Digest& digest) {
    auto condition = request.header("If-Range");
    if (!condition.empty() && condition != entity_tag(digest))
        return {};
    return request.header("Range");
}

// "bytes=500-0" names no byte. RFC 9110 §14.2 lets a server ignore or refuse it; clients that count on ranges are
// better served with a refusal than with the whole blob.
bool is_reversed(std::string_view range) {
    constexpr std::string_view unit = "bytes=";
    auto dash = range.find('-');
    if (!range.starts_with(unit) || dash == std::string_view::npos)
        return false;
    auto number = [](std::string_view text, std::uint64_t& value) {
        auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        return failure == std::errc{} && end == text.data() + text.size();
    };
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    return number(range.substr(unit.size(), dash - unit.size()), first) && number(range.substr(dash + 1), last) &&
           first > last;
}

awaitable<http::Body> open_body(Context& context, oci::Digest digest, http::RangeRequest range) {
    auto& objects = context.warehouse.objects();
    if (range.length == 0)
        co_return std::string{};
    auto descriptor = co_await objects.open_file(digest);
    if (descriptor >= 0)
        co_return http::FileBody(descriptor, range.offset, range.length);
    content::ByteRange bytes{.offset = range.offset, .length = range.length};
    auto reader = co_await objects.open(digest, bytes);
    co_return http::StreamBody{.reader = std::move(reader), .length = range.length};
}

awaitable<http::Response> head_blob(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto digest = require_digest_parameter(request);
    auto found = co_await context.warehouse.find_blob(repository, digest);
    if (!found)
        co_return blob_unknown(repository, digest);
    if (http::not_modified(request, entity_tag(digest)))
        co_return not_modified_response(digest);
    co_return http::Response{.status = 200, .headers = blob_headers(digest), .body = {}, .stated_length = found->size};
}

awaitable<http::Response> get_blob(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto digest = require_digest_parameter(request);
    auto found = co_await context.warehouse.find_blob(repository, digest);
    if (!found)
        co_return blob_unknown(repository, digest);
    if (http::not_modified(request, entity_tag(digest)))
        co_return not_modified_response(digest);

    auto wanted = effective_range(request, digest);
    auto asked = http::parse_range(wanted, found->size);
    if (asked.first == http::RangeOutcome::unsatisfiable || is_reversed(wanted))
        co_return range_not_satisfiable(found->size);
    http::Response response{.status = 200, .headers = blob_headers(digest), .body = {}, .stated_length = {}};
    http::RangeRequest range{.offset = 0, .length = found->size};
    if (asked.first == http::RangeOutcome::partial) {
        range = asked.second;
        response.status = 206;
        response.headers.set("Content-Range",
                             fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1, found->size));
    }
    response.body = co_await open_body(context, digest, range);
    co_return response;
}

awaitable<http::Response> delete_blob(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto digest = require_digest_parameter(request);
    auto deleted = co_await context.warehouse.delete_blob(repository, digest);
    if (!deleted)
        co_return blob_unknown(repository, digest);
    http::Response response{.status = 202, .headers = {}, .body = {}, .stated_length = {}};
    response.headers.set("Docker-Content-Digest", digest.to_string());
    co_return response;
}

} // namespace

std::vector<http::Route> blob_routes(Context& context) {
    using enum http::Method;
    constexpr auto pattern = "/v2/{name...}/blobs/{digest}";
    return {
        {get, pattern, "registry.blob.get", "image.pull", bind(context, get_blob)},
        {head, pattern, "registry.blob.head", "image.pull", bind(context, head_blob)},
        {delete_, pattern, "registry.blob.delete", "image.delete", bind(context, delete_blob)},
    };
}

} // namespace cang::registry
