#include "distribution/blobs.hpp"

#include "base/error.hpp"
#include "distribution/exact_reader.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

std::optional<std::uint64_t> content_length(const http::Fields& headers) {
    std::string_view text = headers.get("Content-Length");
    std::uint64_t value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

std::string Blobs::path(const oci::Digest& digest) const {
    return fmt::format("/v2/{}/blobs/{}", repository_, digest.to_string());
}

std::string Blobs::describe(const oci::Digest& digest) const {
    return fmt::format("blob {} of {}/{}", digest.to_string(), client_.registry(), repository_);
}

awaitable<std::optional<std::uint64_t>> Blobs::find(oci::Digest digest) {
    ApiRequest request;
    request.method = http::Method::head;
    request.target = path(digest);
    request.scopes = pull_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 404)
        co_return std::nullopt;
    if (response.status != 200)
        co_await client_.refuse(response, fmt::format("looking for {}", describe(digest)));
    co_return content_length(response.headers).value_or(0);
}

awaitable<io::ReaderPtr> Blobs::open(oci::Descriptor descriptor, std::uint64_t offset) {
    std::string what = describe(descriptor.digest);
    if (offset > descriptor.size)
        throw Error(ErrorKind::invalid_argument, fmt::format("{} has no byte {}", what, offset));
    if (offset == descriptor.size && offset != 0)
        co_return io::memory_reader(std::string());
    ApiRequest request;
    request.target = path(descriptor.digest);
    request.scopes = pull_scope(repository_);
    if (offset != 0)
        request.headers.add("Range", fmt::format("bytes={}-", offset));
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status != 200 && response.status != 206)
        co_await client_.refuse(response, fmt::format("reading {}", what));
    std::uint64_t start = 0;
    if (response.status == 206) {
        auto range = http::parse_content_range(response.headers.get("Content-Range"));
        if (!range || range->first != offset)
            throw Error(ErrorKind::corrupt, fmt::format("{}: the registry sent another range than asked for", what));
        start = offset;
    }
    auto length = content_length(response.headers);
    if (length && *length != descriptor.size - start)
        throw Error(ErrorKind::corrupt, fmt::format("{}: the registry states {} bytes, the descriptor {}", what,
                                                    *length + start, descriptor.size));
    io::ReaderPtr body = exact_reader(std::move(response.body), descriptor.size - start, what);
    if (start < offset)
        co_await skip_bytes(*body, offset - start, what);
    co_return body;
}

awaitable<MountOutcome> Blobs::mount(oci::Digest digest, std::string from) {
    ApiRequest request;
    request.method = http::Method::post;
    request.target = fmt::format("/v2/{}/blobs/uploads/?mount={}&from={}", repository_,
                                 http::percent_encode(digest.to_string()), http::percent_encode(from));
    request.scopes = push_scope(repository_);
    request.scopes.push_back(pull_scope(from).front());
    http::ClientResponse response = co_await client_.send(std::move(request));
    MountOutcome outcome;
    outcome.mounted = response.status == 201;
    if (response.status == 202)
        outcome.upload = response.headers.get("Location");
    else if (response.status >= 500 || response.status == 429)
        co_await client_.refuse(response, fmt::format("mounting {} from {}", describe(digest), from));
    // Any other answer means: upload it; a refusal of the push itself will come back from there.
    co_return outcome;
}

awaitable<bool> Blobs::erase(oci::Digest digest) {
    ApiRequest request;
    request.method = http::Method::delete_;
    request.target = path(digest);
    request.scopes = delete_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 404)
        co_return false;
    if (response.status != 202 && response.status != 200 && response.status != 204)
        co_await client_.refuse(response, fmt::format("deleting {}", describe(digest)));
    co_return true;
}

} // namespace cang::distribution
