#include "io/reader.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace cang::io {

namespace {

constexpr std::size_t kDrainBuffer = 64 * KiB;

class MemoryReader final : public Reader {
public:
    explicit MemoryReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        auto length = std::min(buffer.size(), bytes_->size() - position_);
        std::memcpy(buffer.data(), bytes_->data() + position_, length);
        position_ += length;
        co_return length;
    }

private:
    std::shared_ptr<const std::string> bytes_;
    std::size_t position_ = 0;
};

class LimitedReader final : public Reader {
public:
    LimitedReader(ReaderPtr inner, std::uint64_t limit) : inner_(std::move(inner)), left_(limit) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            co_return 0;
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
        auto length = co_await inner_->read(buffer.first(wanted));
        left_ -= length;
        co_return length;
    }

private:
    ReaderPtr inner_;
    std::uint64_t left_;
};

} // namespace

ReaderPtr memory_reader(std::shared_ptr<const std::string> bytes) {
    return std::make_unique<MemoryReader>(std::move(bytes));
}

ReaderPtr memory_reader(std::string bytes) {
    return memory_reader(std::make_shared<const std::string>(std::move(bytes)));
}

ReaderPtr limited_reader(ReaderPtr inner, std::uint64_t limit) {
    return std::make_unique<LimitedReader>(std::move(inner), limit);
}

awaitable<std::string> read_all(Reader& reader, std::size_t limit) {
    constexpr std::size_t kFirstPiece = 16 * KiB;
    std::string text;
    std::size_t used = 0;
    while (true) {
        // One byte beyond the limit tells "exactly full" from "too large".
        if (used == text.size())
            text.resize(std::min(limit + 1, std::max(kFirstPiece, text.size() * 2)));
        MutableBytes space = std::as_writable_bytes(std::span(text)).subspan(used);
        auto length = co_await reader.read(space);
        if (length == 0)
            break;
        used += length;
        if (used > limit)
            throw Error(ErrorKind::invalid_argument, fmt::format("the content is larger than {} bytes", limit));
    }
    text.resize(used);
    co_return text;
}

awaitable<std::uint64_t> transfer(Reader& source, Writer& target, std::size_t buffer_bytes) {
    auto buffer = std::make_unique_for_overwrite<std::byte[]>(buffer_bytes);
    std::uint64_t total = 0;
    while (true) {
        auto length = co_await source.read(MutableBytes(buffer.get(), buffer_bytes));
        if (length == 0)
            co_return total;
        co_await target.write(ByteView(buffer.get(), length));
        total += length;
    }
}

awaitable<std::uint64_t> drain(Reader& reader) {
    auto buffer = std::make_unique_for_overwrite<std::byte[]>(kDrainBuffer);
    std::uint64_t total = 0;
    while (true) {
        auto length = co_await reader.read(MutableBytes(buffer.get(), kDrainBuffer));
        if (length == 0)
            co_return total;
        total += length;
    }
}

} // namespace cang::io
