// Range and Content-Range: whatever is asked for lies within the representation. The first eight bytes are its size.
#include "http/message.hpp"
#include "require.hpp"

#include <cstring>

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::uint64_t whole = 0;
    if (size < sizeof whole)
        return 0;
    std::memcpy(&whole, bytes, sizeof whole);
    std::string_view text(reinterpret_cast<const char*>(bytes) + sizeof whole, size - sizeof whole);
    auto [outcome, range] = http::parse_range(text, whole);
    if (outcome == http::RangeOutcome::partial)
        fuzz::require(range.length > 0 && range.offset < whole && range.length <= whole - range.offset,
                      "a range lies within the representation");
    if (outcome == http::RangeOutcome::whole)
        fuzz::require(range.offset == 0 && range.length == whole, "no range is the whole");
    auto content_range = http::parse_content_range(text);
    if (content_range)
        fuzz::require(content_range->first <= content_range->second, "a content range has its ends in order");
    return 0;
}
