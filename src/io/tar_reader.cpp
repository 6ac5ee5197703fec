#include "io/tar_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

namespace cang::io {

namespace {

constexpr std::size_t kBuffer = 64 * KiB;
constexpr std::size_t kHeaderWindow = 8 * KiB; // one read for several small entries
constexpr std::string_view kReading = "reading the archive";

[[noreturn]] void throw_damaged(const ParseError& error) {
    throw Error(ErrorKind::corrupt, fmt::format("the archive is damaged at byte {}: {}", error.position, error.reason));
}

[[noreturn]] void throw_cut_short() { throw Error(ErrorKind::corrupt, "the archive is cut short"); }

template <typename T>
T require(std::expected<T, ParseError> result) {
    if (!result)
        throw_damaged(result.error());
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

class TarEntryReader final : public Reader {
public:
    explicit TarEntryReader(TarReader& archive) : archive_(archive) {}
    awaitable<std::size_t> read(MutableBytes buffer) override { co_return co_await archive_.read(buffer); }

private:
    TarReader& archive_;
};

// Small reads near each other, answered from one larger one.
class HeaderWindow {
public:
    explicit HeaderWindow(const FileDescriptor& file) : file_(file) {}

    // False when the file ends before.
    bool read(MutableBytes buffer, std::uint64_t offset) {
        if (buffer.size() > kHeaderWindow)
            return read_at(file_, buffer, offset, kReading) == buffer.size();
        if (offset < begin_ || offset + buffer.size() > begin_ + length_) {
            begin_ = offset;
            length_ = read_at(file_, window_, offset, kReading);
        }
        if (offset + buffer.size() > begin_ + length_)
            return false;
        std::memcpy(buffer.data(), window_.data() + (offset - begin_), buffer.size());
        return true;
    }

private:
    const FileDescriptor& file_;
    std::uint64_t begin_ = 0;
    std::size_t length_ = 0;
    std::array<std::byte, kHeaderWindow> window_;
};

} // namespace

TarReader::TarReader(Reader& inner, TarLimits limits)
    : inner_(inner), parser_(limits), buffer_(std::make_unique_for_overwrite<std::byte[]>(kBuffer)) {}

awaitable<std::size_t> TarReader::read_some(MutableBytes buffer) {
    if (begin_ == end_) {
        if (buffer.size() >= kBuffer) {
            auto direct = co_await inner_.read(buffer);
            offset_ += direct;
            co_return direct;
        }
        begin_ = end_ = 0;
        end_ = co_await inner_.read(MutableBytes(buffer_.get(), kBuffer));
    }
    auto length = std::min(buffer.size(), end_ - begin_);
    std::memcpy(buffer.data(), buffer_.get() + begin_, length);
    begin_ += length;
    offset_ += length;
    co_return length;
}

awaitable<bool> TarReader::fill(MutableBytes block) {
    std::size_t filled = 0;
    while (filled < block.size()) {
        auto length = co_await read_some(block.subspan(filled));
        if (length == 0 && filled == 0)
            co_return false;
        if (length == 0)
            throw_cut_short();
        filled += length;
    }
    co_return true;
}

awaitable<void> TarReader::skip(std::uint64_t bytes) {
    std::array<std::byte, 4 * KiB> scratch;
    while (bytes != 0) {
        auto buffered = std::min<std::uint64_t>(bytes, end_ - begin_);
        begin_ += static_cast<std::size_t>(buffered);
        offset_ += buffered;
        bytes -= buffered;
        if (bytes == 0)
            break;
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, scratch.size()));
        auto length = co_await read_some(MutableBytes(scratch).first(wanted));
        if (length == 0)
            throw_cut_short();
        bytes -= length;
    }
}

awaitable<std::optional<TarEntry>> TarReader::next() {
    co_await skip(data_left_ + padding_);
    data_left_ = padding_ = 0;
    std::array<std::byte, kTarBlock> block;
    while (!ended_) {
        auto header_offset = offset_;
        bool whole = co_await fill(block);
        // Archives without the two final blocks are common enough.
        auto found = whole ? require(parser_.take_header(block, header_offset)) : TarParser::Next::end;
        if (found == TarParser::Next::end) {
            ended_ = true;
            break;
        }
        if (found == TarParser::Next::entry) {
            data_left_ = parser_.entry().size;
            padding_ = tar_padding(data_left_);
            co_return parser_.entry();
        }
        std::vector<std::byte> extension(parser_.extension_size());
        bool complete = extension.empty();
        if (!complete)
            complete = co_await fill(extension);
        if (!complete)
            throw_cut_short();
        require(parser_.take_extension(extension));
        co_await skip(tar_padding(extension.size()));
    }
    co_return std::nullopt;
}

awaitable<std::size_t> TarReader::read(MutableBytes buffer) {
    if (data_left_ == 0)
        co_return 0;
    auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), data_left_));
    auto length = co_await read_some(buffer.first(wanted));
    if (length == 0)
        throw_cut_short();
    data_left_ -= length;
    co_return length;
}

ReaderPtr tar_entry_reader(TarReader& archive) { return std::make_unique<TarEntryReader>(archive); }

TarIndex TarIndex::read_blocking(const FileDescriptor& file, TarLimits limits) {
    TarIndex index;
    TarParser parser(limits);
    HeaderWindow window(file);
    auto size = file_size(file, kReading);
    std::array<std::byte, kTarBlock> block;
    std::uint64_t offset = 0;
    while (offset < size) {
        if (!window.read(block, offset))
            throw_cut_short();
        auto found = require(parser.take_header(block, offset));
        offset += kTarBlock;
        if (found == TarParser::Next::end)
            break;
        if (found == TarParser::Next::extension) {
            std::vector<std::byte> extension(parser.extension_size());
            if (!extension.empty() && !window.read(extension, offset))
                throw_cut_short();
            require(parser.take_extension(extension));
            offset += extension.size() + tar_padding(extension.size());
            continue;
        }
        const auto& entry = parser.entry();
        if (entry.size > size - std::min(size, offset))
            throw_cut_short();
        offset += entry.size + tar_padding(entry.size);
        if (auto name = safe_entry_name(entry.name))
            index.by_name_[*name] = index.entries_.size();
        index.entries_.push_back(entry);
    }
    return index;
}

awaitable<TarIndex> TarIndex::read(SharedFile file, async::BlockingPool& pool, TarLimits limits) {
    auto work = [file = std::move(file), limits] { return read_blocking(*file, limits); };
    co_return co_await async::run_blocking(pool, std::move(work));
}

const TarEntry* TarIndex::find(std::string_view name) const {
    auto safe = safe_entry_name(name);
    auto found = safe ? by_name_.find(*safe) : by_name_.end();
    return found == by_name_.end() ? nullptr : &entries_[found->second];
}

} // namespace cang::io
