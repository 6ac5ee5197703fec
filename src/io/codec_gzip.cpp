#include "io/codec.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <isa-l.h>
#include <limits>

namespace cang::io {

namespace {

// ISA-L counts in 32 bits.
constexpr std::size_t kMostAtOnce = std::numeric_limits<std::uint32_t>::max() / 2;

std::uint8_t* bytes_of(ByteView bytes) {
    // ISA-L does not write through its input pointer.
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::uint8_t* bytes_of(MutableBytes bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }

std::uint32_t size_of(std::size_t size) { return static_cast<std::uint32_t>(std::min(size, kMostAtOnce)); }

class GzipInflater final : public Codec {
public:
    GzipInflater() { begin_member(); }

    Step run(ByteView input, MutableBytes output, bool last) override {
        Step step;
        if (between_members_) {
            if (input.empty()) {
                step.done = last;
                return step;
            }
            begin_member();
        }
        state_->next_in = bytes_of(input);
        state_->avail_in = size_of(input.size());
        state_->next_out = bytes_of(output);
        state_->avail_out = size_of(output.size());
        auto offered_in = state_->avail_in;
        auto offered_out = state_->avail_out;
        int result = isal_inflate(state_.get());
        if (result < 0 || result == ISAL_NEED_DICT)
            throw Error(ErrorKind::corrupt, result == ISAL_INCORRECT_CHECKSUM
                                                ? "the gzip data is damaged: wrong checksum"
                                                : "the gzip data is damaged");
        step.consumed = offered_in - state_->avail_in;
        step.produced = offered_out - state_->avail_out;
        between_members_ = state_->block_state == ISAL_BLOCK_FINISH;
        bool all_taken = step.consumed == input.size();
        step.done = last && between_members_ && all_taken;
        if (last && !between_members_ && all_taken && step.produced < offered_out)
            throw Error(ErrorKind::corrupt, "the gzip data is cut short");
        return step;
    }

private:
    void begin_member() {
        isal_inflate_init(state_.get());
        state_->crc_flag = ISAL_GZIP;
        between_members_ = false;
    }

    std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
    bool between_members_ = false;
};

class GzipDeflater final : public Codec {
public:
    GzipDeflater() {
        isal_deflate_init(stream_.get());
        stream_->level = 3;
        stream_->level_buf = level_buffer_.get();
        stream_->level_buf_size = ISAL_DEF_LVL3_DEFAULT;
        stream_->gzip_flag = IGZIP_GZIP;
    }

    Step run(ByteView input, MutableBytes output, bool last) override {
        Step step;
        stream_->next_in = bytes_of(input);
        stream_->avail_in = size_of(input.size());
        stream_->next_out = bytes_of(output);
        stream_->avail_out = size_of(output.size());
        stream_->end_of_stream = last && input.size() <= kMostAtOnce;
        auto offered_in = stream_->avail_in;
        auto offered_out = stream_->avail_out;
        if (isal_deflate(stream_.get()) != COMP_OK)
            throw Error(ErrorKind::internal, "gzip compression failed");
        step.consumed = offered_in - stream_->avail_in;
        step.produced = offered_out - stream_->avail_out;
        step.done = stream_->internal_state.state == ZSTATE_END;
        return step;
    }

private:
    std::unique_ptr<isal_zstream> stream_ = std::make_unique<isal_zstream>();
    std::unique_ptr<std::uint8_t[]> level_buffer_ = std::make_unique<std::uint8_t[]>(ISAL_DEF_LVL3_DEFAULT);
};

} // namespace

std::unique_ptr<Codec> gzip_inflater() { return std::make_unique<GzipInflater>(); }

std::unique_ptr<Codec> gzip_deflater() { return std::make_unique<GzipDeflater>(); }

} // namespace cang::io
