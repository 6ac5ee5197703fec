#include "io/codec.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <new>
#include <zstd.h>

namespace cang::io {

namespace {

// The window a frame may ask for is memory: 128 MiB is what `zstd --long` uses and what every decoder accepts.
constexpr int kLargestWindowLog = 27;
constexpr int kLevel = 3;

struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdInflater final : public Codec {
public:
    ZstdInflater() : context_(ZSTD_createDCtx()) {
        if (!context_)
            throw std::bad_alloc();
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kLargestWindowLog);
    }

    Step run(ByteView input, MutableBytes output, bool last) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        Step step;
        if (input.empty() && between_frames_) {
            step.done = last;
            return step;
        }
        auto result = ZSTD_decompressStream(context_.get(), &out, &in);
        if (ZSTD_isError(result) != 0)
            throw Error(ErrorKind::corrupt, fmt::format("the zstd data is damaged: {}", ZSTD_getErrorName(result)));
        step.consumed = in.pos;
        step.produced = out.pos;
        between_frames_ = result == 0;
        bool all_taken = in.pos == in.size;
        step.done = last && between_frames_ && all_taken;
        if (last && !between_frames_ && all_taken && out.pos < out.size)
            throw Error(ErrorKind::corrupt, "the zstd data is cut short");
        return step;
    }

private:
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    bool between_frames_ = false;
};

class ZstdDeflater final : public Codec {
public:
    ZstdDeflater() : context_(ZSTD_createCCtx()) {
        if (!context_)
            throw std::bad_alloc();
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    }

    Step run(ByteView input, MutableBytes output, bool last) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        auto left = ZSTD_compressStream2(context_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            throw Error(ErrorKind::internal, "zstd compression failed");
        return {in.pos, out.pos, last && left == 0};
    }

private:
    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

} // namespace

std::unique_ptr<Codec> zstd_inflater() { return std::make_unique<ZstdInflater>(); }

std::unique_ptr<Codec> zstd_deflater() { return std::make_unique<ZstdDeflater>(); }

} // namespace cang::io
