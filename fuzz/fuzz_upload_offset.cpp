// Upload-Offset: a number and its text are the same thing, leading zeros aside; nothing else is taken.
#include "require.hpp"
#include "transfer/upload_offset.hpp"

#include <string>

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto offset = transfer::parse_upload_offset(text);
    if (!offset)
        return 0;
    fuzz::require(*offset < (1ULL << 53), "an offset is a number that JSON keeps");
    auto digits = text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
    fuzz::require(std::to_string(*offset) == digits, "an offset is what its digits say");
    return 0;
}
