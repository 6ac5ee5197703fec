#include "http/response_writer.hpp"

#include "base/error.hpp"

#include <array>
#include <fmt/format.h>

namespace cang::http {

namespace {

constexpr std::size_t kStreamPieceBytes = 64 * KiB;

ByteView body_in_memory(const Body& body) {
    if (const auto* text = std::get_if<std::string>(&body))
        return as_bytes(*text);
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body); shared && *shared)
        return as_bytes(**shared);
    if (const auto* built_in = std::get_if<StaticBody>(&body))
        return as_bytes(built_in->bytes);
    return {};
}

} // namespace

bool ResponseWriter::begin(const Response& response, const ResponseFraming& framing) {
    auto& head = loop_.scratch();
    head.clear();
    format_head(head, response, framing);
    start_ = channel_.bytes_written();
    head_bytes_ = head.size();
    has_body_ = framing.method != Method::head && status_has_body(response.status);
    chunked_ = framing.http_1_1;
    if (has_body_ && std::holds_alternative<StreamBody>(response.body)) {
        head_ = head;
        return false;
    }
    const auto* file_body = std::get_if<FileBody>(&response.body);
    bool file = has_body_ && file_body && file_body->length() > 0;
    if (has_body_)
        rest_ = body_in_memory(response.body);
    std::array<ByteView, 2> pieces{as_bytes(head), rest_};
    bool sent = channel_.write_now(pieces, file);
    head_ = as_text(pieces[0]);
    rest_ = pieces[1];
    return sent && !file;
}

awaitable<void> ResponseWriter::finish(const Response& response) {
    if (const auto* stream = std::get_if<StreamBody>(&response.body); stream && has_body_) {
        co_await send_stream(*stream);
        co_return;
    }
    std::array<ByteView, 2> pieces{as_bytes(head_), rest_};
    co_await channel_.write(pieces);
    if (const auto* file = std::get_if<FileBody>(&response.body); file && has_body_)
        co_await channel_.send_file(file->descriptor(), file->offset(), file->length());
}

// The first piece is read before the head goes out, so that a source which fails at once still gets a proper answer.
awaitable<void> ResponseWriter::send_stream(const StreamBody& body) {
    chunked_ = chunked_ && !body.length;
    auto left = body.length.value_or(UINT64_MAX);
    auto buffer = std::make_unique_for_overwrite<std::byte[]>(kStreamPieceBytes);
    for (bool first = true;; first = false) {
        std::size_t size = 0;
        MutableBytes room(buffer.get(), static_cast<std::size_t>(std::min<std::uint64_t>(left, kStreamPieceBytes)));
        if (!room.empty())
            size = co_await body.reader->read(room);
        left -= size;
        auto line = std::move(head_);
        head_.clear();
        if (chunked_ && size > 0)
            line += fmt::format("{:x}\r\n", size);
        std::string_view end = chunked_ ? (size > 0 ? "\r\n" : "0\r\n\r\n") : "";
        std::array<ByteView, 3> pieces{as_bytes(line), ByteView(buffer.get(), size), as_bytes(end)};
        if (first || size > 0 || chunked_)
            co_await channel_.write(pieces);
        if (size == 0)
            break;
    }
    if (body.length && left > 0)
        throw Error(ErrorKind::internal, "the response's source ended before its length");
}

std::uint64_t ResponseWriter::body_bytes() const noexcept {
    auto sent = channel_.bytes_written() - start_;
    return sent > head_bytes_ ? sent - head_bytes_ : 0;
}

} // namespace cang::http
