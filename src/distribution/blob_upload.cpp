#include "distribution/blob_upload.hpp"

#include "base/error.hpp"
#include "io/hash.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

// Pieces for a registry (or a proxy in front of it) that refuses the whole blob in one request.
constexpr std::uint64_t kFallbackChunk = 32 * MiB;

// Counts, and hashes when it reads from the beginning: the last bytes are held back unless the whole is right.
class VerifyingReader final : public io::Reader {
public:
    VerifyingReader(io::ReaderPtr inner, const oci::Descriptor& descriptor, std::uint64_t offset,
                    const ByteCount& arrived)
        : inner_(std::move(inner)), descriptor_(descriptor), left_(descriptor.size - offset), arrived_(arrived) {
        if (offset == 0)
            hash_.emplace(descriptor.digest.algorithm());
    }

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            co_return 0;
        MutableBytes wanted = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_)));
        std::size_t count = co_await inner_->read(wanted);
        if (hash_)
            hash_->update(wanted.first(count));
        left_ -= count;
        if (left_ == 0)
            require_digest();
        if (arrived_ && count != 0)
            arrived_(count);
        co_return count;
    }

private:
    void require_digest() const {
        if (!hash_)
            return;
        oci::Digest actual = hash_->digest();
        if (actual != descriptor_.digest)
            throw Error(ErrorKind::corrupt,
                        fmt::format("blob {} turned out to be {}", descriptor_.digest.to_string(), actual.to_string()));
    }

    io::ReaderPtr inner_;
    const oci::Descriptor& descriptor_;
    std::uint64_t left_;
    const ByteCount& arrived_;
    std::optional<io::Hash> hash_;
};

// The next `bytes` of a reader that somebody else owns.
class Slice final : public io::Reader {
public:
    Slice(io::Reader& inner, std::uint64_t bytes) : inner_(inner), left_(bytes) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            co_return 0;
        MutableBytes wanted = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_)));
        std::size_t count = co_await inner_.read(wanted);
        left_ -= count;
        co_return count;
    }

private:
    io::Reader& inner_;
    std::uint64_t left_;
};

std::uint64_t minimum_chunk(const http::Fields& headers) {
    std::string_view text = headers.get("OCI-Chunk-Min-Length");
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

BlobUpload::BlobUpload(RegistryClient& client, std::string repository, oci::Descriptor descriptor, std::string location)
    : client_(client), repository_(std::move(repository)), descriptor_(std::move(descriptor)),
      location_(std::move(location)), chunk_bytes_(client.options().chunk_bytes) {}

std::string BlobUpload::describe() const {
    return fmt::format("blob {} to {}/{}", descriptor_.digest.to_string(), client_.registry(), repository_);
}

void BlobUpload::take_location(const http::ClientResponse& response) {
    if (std::string_view location = response.headers.get("Location"); !location.empty())
        location_ = location;
}

std::string BlobUpload::finish_target() const {
    char separator = location_.find('?') == std::string::npos ? '?' : '&';
    return fmt::format("{}{}digest={}", location_, separator, http::percent_encode(descriptor_.digest.to_string()));
}

awaitable<void> BlobUpload::start() {
    ApiRequest request;
    request.method = http::Method::post;
    request.target = fmt::format("/v2/{}/blobs/uploads/", repository_);
    request.scopes = push_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status != 202)
        co_await client_.refuse(response, fmt::format("sending {}", describe()));
    take_location(response);
    if (location_.empty())
        throw Error(ErrorKind::corrupt, fmt::format("sending {}: the registry opened no upload", describe()));
    if (chunk_bytes_ != 0)
        chunk_bytes_ = std::max(chunk_bytes_, minimum_chunk(response.headers));
}

awaitable<std::uint64_t> BlobUpload::find_offset() {
    ApiRequest request;
    request.target = location_;
    request.scopes = push_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    auto range = http::parse_content_range(response.headers.get("Range"));
    // "0-0" is what registries say for no bytes as well as for one.
    bool kept =
        response.status == 204 && range && range->first == 0 && range->second > 0 && range->second < descriptor_.size;
    if (!kept) {
        co_await cancel();
        co_return 0;
    }
    take_location(response);
    co_return range->second + 1;
}

awaitable<void> BlobUpload::run(BlobOpener open, ByteCount arrived) {
    std::uint64_t offset = 0;
    if (interrupted_ && !location_.empty())
        offset = co_await find_offset();
    if (location_.empty())
        co_await start();
    if (offset == descriptor_.size && offset != 0) {
        io::ReaderPtr nothing = io::memory_reader(std::string());
        co_await send_whole(*nothing, offset);
        co_return;
    }
    io::ReaderPtr source = co_await open(offset);
    VerifyingReader reader(std::move(source), descriptor_, offset, arrived);
    interrupted_ = true;
    if (chunk_bytes_ == 0)
        co_await send_whole(reader, offset);
    else
        co_await send_chunks(reader, offset);
    location_.clear();
}

awaitable<void> BlobUpload::send_whole(io::Reader& reader, std::uint64_t offset) {
    ApiRequest request;
    request.method = http::Method::put;
    request.target = finish_target();
    request.scopes = push_scope(repository_);
    request.headers.add("Content-Type", "application/octet-stream");
    request.body = &reader;
    request.body_bytes = descriptor_.size - offset;
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 413) { // tried again, it goes in pieces
        chunk_bytes_ = kFallbackChunk;
        location_.clear();
        throw Error(ErrorKind::unavailable,
                    fmt::format("sending {}: the registry does not take it in one request", describe()));
    }
    co_await check_finished(response);
}

awaitable<void> BlobUpload::send_chunks(io::Reader& reader, std::uint64_t offset) {
    while (offset < descriptor_.size) {
        std::uint64_t bytes = std::min(chunk_bytes_, descriptor_.size - offset);
        Slice slice(reader, bytes);
        ApiRequest request;
        request.method = http::Method::patch;
        request.target = location_;
        request.scopes = push_scope(repository_);
        request.headers.add("Content-Type", "application/octet-stream");
        request.headers.add("Content-Range", fmt::format("{}-{}", offset, offset + bytes - 1));
        request.body = &slice;
        request.body_bytes = bytes;
        http::ClientResponse response = co_await client_.send(std::move(request));
        if (response.status != 202)
            co_await client_.refuse(response, fmt::format("sending {}", describe()));
        take_location(response);
        offset += bytes;
    }
    ApiRequest request;
    request.method = http::Method::put;
    request.target = finish_target();
    request.scopes = push_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    co_await check_finished(response);
}

awaitable<void> BlobUpload::check_finished(http::ClientResponse& response) {
    if (response.status == 201 || response.status == 204)
        co_return;
    std::string action = fmt::format("sending {}", describe());
    if (response.status == 401) // the token ended under way; there is a new one now
        throw Error(ErrorKind::unavailable, fmt::format("{}: {} asks for a new login", action, client_.registry()));
    co_await client_.refuse(response, std::move(action));
}

awaitable<void> BlobUpload::cancel() {
    if (location_.empty())
        co_return;
    ApiRequest request;
    request.method = http::Method::delete_;
    request.target = std::exchange(location_, {});
    request.scopes = push_scope(repository_);
    co_await client_.send(std::move(request));
}

} // namespace cang::distribution
