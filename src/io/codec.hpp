// One direction of one compression format as a pure function of bytes; compression.hpp makes streams of it.
#pragma once

#include "base/bytes.hpp"
#include "io/compression.hpp"

#include <memory>

namespace cang::io {

class Codec {
public:
    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
        bool done = false; // only when `last` was given: everything has been produced
    };

    virtual ~Codec() = default;
    // Takes a prefix of `input`, fills a prefix of `output` (not empty). `last`: no input comes after this one. Neither
    // consuming nor producing means that more input is needed. Throws Error{corrupt}.
    virtual Step run(ByteView input, MutableBytes output, bool last) = 0;
};

std::unique_ptr<Codec> gzip_inflater();
std::unique_ptr<Codec> gzip_deflater();
std::unique_ptr<Codec> zstd_inflater();
std::unique_ptr<Codec> zstd_deflater();

} // namespace cang::io
