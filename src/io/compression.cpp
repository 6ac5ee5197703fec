#include "io/compression.hpp"

#include "async/blocking_job.hpp"
#include "base/error.hpp"
#include "io/codec.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace cang::io {

namespace {

constexpr std::size_t kInput = 512 * KiB;
constexpr std::size_t kOutput = 1 * MiB;

// What travels to the pool and back: the codec with its input and a place for its output.
struct Stage {
    std::unique_ptr<Codec> codec;
    std::vector<std::byte> input;
    std::size_t begin = 0; // of the input not yet consumed
    bool last = false;     // nothing comes after `input`
    std::vector<std::byte> output;
    std::size_t produced = 0;
    bool done = false;

    // Until the output is full or the input used up.
    void work() {
        produced = 0;
        auto begun = begin;
        while (!done && produced < output.size()) {
            auto step = codec->run(ByteView(input).subspan(begin), MutableBytes(output).subspan(produced), last);
            begin += step.consumed;
            produced += step.produced;
            done = step.done;
            if (step.consumed == 0 && step.produced == 0)
                break;
        }
        if (!done && produced == 0 && begin == begun && !hungry())
            throw Error(ErrorKind::corrupt, "the compressed data is damaged");
    }

    bool hungry() const { return begin == input.size() && produced < output.size() && !last; }
};

// Three things at once: the pool works on one stage, the caller consumes the output before it, and the input after it
// is read. The size of the inputs does not depend on how `inner` delivers them, so compressing is deterministic.
class CodecReader final : public Reader {
public:
    CodecReader(ReaderPtr inner, std::unique_ptr<Codec> codec, async::BlockingPool& pool, InflateLimits limits)
        : inner_(std::move(inner)), pool_(pool), limits_(limits), idle_(std::make_unique<Stage>()) {
        idle_->codec = std::move(codec);
    }

    awaitable<std::size_t> read(MutableBytes buffer) override {
        while (begin_ == end_ && !done_)
            co_await refill();
        if (begin_ == end_)
            co_return 0;
        auto length = std::min(buffer.size(), end_ - begin_);
        std::memcpy(buffer.data(), front_.data() + begin_, length);
        begin_ += length;
        co_return length;
    }

private:
    awaitable<void> refill() {
        if (!working_) {
            co_await fetch_input();
            start();
        }
        co_await fetch_input(); // while the pool works
        auto stage = co_await working_.wait();
        std::swap(front_, stage->output);
        begin_ = 0;
        end_ = stage->produced;
        done_ = stage->done;
        bool hungry = stage->hungry();
        idle_ = std::move(stage);
        check_limits();
        if (!done_ && (!hungry || !next_.empty() || inner_ended_))
            start();
    }

    // Fills next_ to the brim or to the end of the inner stream.
    awaitable<void> fetch_input() {
        if (!next_.empty() || inner_ended_)
            co_return;
        next_.resize(kInput);
        std::size_t filled = 0;
        while (filled < kInput && !inner_ended_) {
            auto length = co_await inner_->read(MutableBytes(next_).subspan(filled));
            filled += length;
            inner_ended_ = length == 0;
        }
        next_.resize(filled);
        taken_ += filled;
    }

    void start() {
        idle_->output.resize(kOutput); // the caller's front was swapped in, which is empty at first
        if (idle_->begin == idle_->input.size()) {
            std::swap(idle_->input, next_);
            next_.clear();
            idle_->begin = 0;
        }
        idle_->last = inner_ended_ && next_.empty();
        auto work = [stage = std::move(idle_)]() mutable {
            stage->work();
            return std::move(stage);
        };
        working_ = async::BlockingJob<std::unique_ptr<Stage>>::start(pool_, std::move(work));
    }

    void check_limits() {
        given_ += end_;
        if (given_ > limits_.max_bytes)
            throw Error(ErrorKind::invalid_argument,
                        fmt::format("the content unpacks to more than {} bytes", limits_.max_bytes));
        if (given_ > kRatioFreeBytes && given_ / limits_.max_ratio > taken_)
            throw Error(ErrorKind::invalid_argument,
                        fmt::format("the content unpacks to more than {} times its size", limits_.max_ratio));
    }

    ReaderPtr inner_;
    async::BlockingPool& pool_;
    InflateLimits limits_;
    std::unique_ptr<Stage> idle_; // null while working_
    async::BlockingJob<std::unique_ptr<Stage>> working_;
    std::vector<std::byte> next_;  // input for the stage after
    std::vector<std::byte> front_; // output for the caller: [begin_, end_)
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t given_ = 0;
    bool inner_ended_ = false;
    bool done_ = false;
};

// Gives `prefix` and then `inner`; counts against a limit.
class PlainReader final : public Reader {
public:
    PlainReader(std::string prefix, ReaderPtr inner, std::uint64_t max_bytes)
        : prefix_(std::move(prefix)), inner_(std::move(inner)), max_bytes_(max_bytes) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        auto length = std::min(buffer.size(), prefix_.size() - begin_);
        std::memcpy(buffer.data(), prefix_.data() + begin_, length);
        begin_ += length;
        if (length == 0)
            length = co_await inner_->read(buffer);
        given_ += length;
        if (given_ > max_bytes_)
            throw Error(ErrorKind::invalid_argument, fmt::format("the content is larger than {} bytes", max_bytes_));
        co_return length;
    }

private:
    std::string prefix_;
    std::size_t begin_ = 0;
    ReaderPtr inner_;
    std::uint64_t max_bytes_;
    std::uint64_t given_ = 0;
};

} // namespace

Compression detect_compression(ByteView first_bytes) {
    auto text = as_text(first_bytes);
    if (text.starts_with("\x1f\x8b"))
        return Compression::gzip;
    if (text.starts_with("\x28\xb5\x2f\xfd"))
        return Compression::zstd;
    return Compression::none;
}

ReaderPtr decompressing_reader(ReaderPtr inner, Compression compression, async::BlockingPool& pool,
                               InflateLimits limits) {
    if (compression == Compression::none)
        return std::make_unique<PlainReader>(std::string(), std::move(inner), limits.max_bytes);
    auto codec = compression == Compression::gzip ? gzip_inflater() : zstd_inflater();
    return std::make_unique<CodecReader>(std::move(inner), std::move(codec), pool, limits);
}

awaitable<ReaderPtr> decompress(ReaderPtr inner, async::BlockingPool& pool, InflateLimits limits, Compression* found) {
    std::string magic(kMagicBytes, '\0');
    std::size_t filled = 0;
    while (filled < magic.size()) {
        MutableBytes rest = std::as_writable_bytes(std::span(magic)).subspan(filled);
        auto length = co_await inner->read(rest);
        if (length == 0)
            break;
        filled += length;
    }
    magic.resize(filled);
    auto compression = detect_compression(as_bytes(magic));
    if (found)
        *found = compression;
    ReaderPtr whole = std::make_unique<PlainReader>(std::move(magic), std::move(inner), UINT64_MAX);
    co_return decompressing_reader(std::move(whole), compression, pool, limits);
}

ReaderPtr compressing_reader(ReaderPtr inner, Compression compression, async::BlockingPool& pool) {
    if (compression == Compression::none)
        return inner;
    InflateLimits unlimited{.max_bytes = UINT64_MAX, .max_ratio = UINT64_MAX};
    auto codec = compression == Compression::gzip ? gzip_deflater() : zstd_deflater();
    return std::make_unique<CodecReader>(std::move(inner), std::move(codec), pool, unlimited);
}

} // namespace cang::io
