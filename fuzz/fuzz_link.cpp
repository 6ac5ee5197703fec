// Link and percent-encoding: a target comes from the text; encoding and decoding again gives the same.
#include "http/message.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto target = http::parse_link(text, "next");
    if (target)
        fuzz::require(text.find("<" + *target + ">") != std::string_view::npos, "the target stands in the text");
    auto decoded = http::percent_decode(text);
    if (decoded) {
        fuzz::require(decoded->size() <= size && decoded->find('\0') == std::string::npos, "decoding adds nothing");
        fuzz::require(http::percent_decode(http::percent_encode(*decoded)) == decoded, "encoding can be undone");
    }
    return 0;
}
