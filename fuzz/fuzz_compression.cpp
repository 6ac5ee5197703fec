// Decompression: damaged input ends with an error, never with more bytes than the output had room for; whatever
// inflates comes back from compressing it again.
#include "base/error.hpp"
#include "io/codec.hpp"
#include "require.hpp"

#include <algorithm>
#include <optional>
#include <vector>

using namespace cang;

namespace {

constexpr std::size_t kMostOutput = 4 * MiB;

// In pieces of `piece` bytes of input; nullopt when the bytes are refused or grow too large.
std::optional<std::string> run(io::Codec& codec, ByteView input, std::size_t piece) {
    std::string output;
    std::vector<std::byte> space(piece * 3 + 64);
    std::size_t begin = 0;
    std::size_t end = 0;
    int idle = 0;
    try {
        while (output.size() < kMostOutput) {
            if (begin == end)
                end = std::min(input.size(), end + piece);
            auto step = codec.run(input.subspan(begin, end - begin), space, end == input.size());
            fuzz::require(step.consumed <= end - begin && step.produced <= space.size(),
                          "a step stays within its bounds");
            begin += step.consumed;
            output.append(reinterpret_cast<const char*>(space.data()), step.produced);
            if (step.done)
                return output;
            idle = step.consumed == 0 && step.produced == 0 ? idle + 1 : 0;
            if (idle > 2)
                return std::nullopt;
        }
    } catch (const Error& error) {
        fuzz::require(error.kind() == ErrorKind::corrupt, "damaged bytes are corrupt");
    }
    return std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 1)
        return 0;
    auto input = std::as_bytes(std::span(bytes + 1, size - 1));
    auto piece = static_cast<std::size_t>(bytes[0]) * 16 + 1;
    bool gzip = io::detect_compression(input) != io::Compression::zstd;
    auto inflate = gzip ? io::gzip_inflater() : io::zstd_inflater();
    auto text = run(*inflate, input, piece);
    if (!text)
        return 0;
    auto deflate = gzip ? io::gzip_deflater() : io::zstd_deflater();
    auto packed = run(*deflate, as_bytes(*text), 4096);
    fuzz::require(packed.has_value(), "what was inflated can be compressed");
    auto again = gzip ? io::gzip_inflater() : io::zstd_inflater();
    fuzz::require(run(*again, as_bytes(*packed), 4096) == text, "compressing keeps the bytes");
    return 0;
}
