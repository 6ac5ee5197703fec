#include "http/body_reader.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace cang::http {

namespace {

// Reading this much to keep a connection is cheaper than opening another one.
constexpr std::uint64_t kMaxDrainBytes = 256 * KiB;

[[noreturn]] void throw_cut() {
    throw Error(ErrorKind::cancelled, "the client closed the connection before the end of the request body");
}

} // namespace

BodyReader::BodyReader(Channel& channel, ReceiveBuffer& buffer, const RequestHead& head)
    : channel_(channel), buffer_(buffer), left_(head.content_length.value_or(0)), chunked_(head.chunked),
      continue_due_(head.expects_continue) {}

bool BodyReader::finished() const noexcept { return !failed_ && (chunked_ ? chunks_.finished() : left_ == 0); }

bool BodyReader::drainable() const noexcept {
    if (finished())
        return true;
    return !failed_ && !continue_due_ && (chunked_ || left_ <= kMaxDrainBytes);
}

void BodyReader::set_limit(std::uint64_t limit) {
    limit_ = limit;
    if (!chunked_ && left_ > limit_)
        count(static_cast<std::size_t>(left_));
}

void BodyReader::count(std::size_t bytes) {
    if (bytes > limit_ - std::min(received_, limit_)) {
        limit_exceeded_ = true;
        failed_ = true;
        throw Error(ErrorKind::invalid_argument, fmt::format("the request body is larger than {} bytes", limit_));
    }
    received_ += bytes;
}

awaitable<void> BodyReader::send_continue() {
    continue_due_ = false;
    // A client that has begun to send does not wait for it.
    if (!buffer_.empty())
        co_return;
    std::array<ByteView, 1> line{as_bytes("HTTP/1.1 100 Continue\r\n\r\n")};
    co_await channel_.write(line);
}

awaitable<std::size_t> BodyReader::read(MutableBytes target) {
    if (failed_)
        throw_cut();
    if (finished())
        co_return 0;
    if (continue_due_)
        co_await send_continue();
    std::size_t size = 0;
    failed_ = true; // unless the read comes back
    if (chunked_)
        size = co_await read_chunked(target);
    else
        size = co_await read_plain(target);
    failed_ = false;
    count(size);
    co_return size;
}

awaitable<std::size_t> BodyReader::read_plain(MutableBytes target) {
    target = target.first(static_cast<std::size_t>(std::min<std::uint64_t>(target.size(), left_)));
    auto size = buffer_.copy_out(target);
    if (size == 0)
        size = co_await channel_.read(target, {}, deadline_);
    if (size == 0)
        throw_cut();
    left_ -= size;
    co_return size;
}

awaitable<std::size_t> BodyReader::read_chunked(MutableBytes target) {
    while (!chunks_.finished()) {
        if (auto left = chunks_.data_left(); left > 0) {
            auto part = target.first(static_cast<std::size_t>(std::min<std::uint64_t>(target.size(), left)));
            auto size = buffer_.copy_out(part);
            if (size == 0) {
                // The next chunk's size line comes along in the same call.
                auto spill = part.size() == left ? buffer_.prepare() : MutableBytes{};
                auto received = co_await channel_.read(part, spill, deadline_);
                if (received == 0)
                    throw_cut();
                size = std::min(received, part.size());
                buffer_.commit(received - size);
            }
            chunks_.data_taken(size);
            co_return size;
        }
        auto used = chunks_.feed(buffer_.unread());
        if (!used)
            throw Error(ErrorKind::invalid_argument, used.error().reason);
        buffer_.consume(*used);
        if (chunks_.data_left() > 0 || chunks_.finished())
            continue;
        auto room = buffer_.prepare();
        auto received = co_await channel_.read(room, {}, deadline_);
        if (received == 0)
            throw_cut();
        buffer_.commit(received);
    }
    co_return 0;
}

awaitable<bool> BodyReader::drain() {
    if (!drainable())
        co_return false;
    limit_ = UINT64_MAX;
    auto scratch = std::make_unique_for_overwrite<std::byte[]>(16 * KiB);
    auto most = received_ + kMaxDrainBytes;
    while (!finished() && received_ <= most) {
        MutableBytes room(scratch.get(), 16 * KiB);
        co_await read(room);
    }
    co_return finished();
}

} // namespace cang::http
