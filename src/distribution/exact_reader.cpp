#include "distribution/exact_reader.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

namespace cang::distribution {

namespace {

class ExactReader final : public io::Reader {
public:
    ExactReader(io::ReaderPtr inner, std::uint64_t bytes, std::string what)
        : inner_(std::move(inner)), left_(bytes), what_(std::move(what)) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0) {
            co_await require_end();
            co_return 0;
        }
        MutableBytes wanted = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_)));
        std::size_t count = co_await inner_->read(wanted);
        if (count == 0)
            throw Error(ErrorKind::unavailable, fmt::format("{} ends {} bytes early", what_, left_));
        left_ -= count;
        co_return count;
    }

private:
    awaitable<void> require_end() {
        if (ended_)
            co_return;
        std::array<std::byte, 1> extra;
        std::size_t count = co_await inner_->read(extra);
        if (count != 0)
            throw Error(ErrorKind::corrupt, fmt::format("{} is longer than stated", what_));
        ended_ = true;
    }

    io::ReaderPtr inner_;
    std::uint64_t left_;
    std::string what_;
    bool ended_ = false;
};

} // namespace

io::ReaderPtr exact_reader(io::ReaderPtr inner, std::uint64_t bytes, std::string what) {
    return std::make_unique<ExactReader>(std::move(inner), bytes, std::move(what));
}

awaitable<void> skip_bytes(io::Reader& reader, std::uint64_t bytes, std::string what) {
    constexpr std::uint64_t kBuffer = 64 * KiB;
    std::vector<std::byte> scratch(kBuffer);
    while (bytes != 0) {
        MutableBytes wanted = MutableBytes(scratch).first(static_cast<std::size_t>(std::min(bytes, kBuffer)));
        std::size_t count = co_await reader.read(wanted);
        if (count == 0)
            throw Error(ErrorKind::unavailable, fmt::format("{} ends {} bytes early", what, bytes));
        bytes -= count;
    }
}

} // namespace cang::distribution
