// Ranges of addresses and X-Forwarded-For: whatever is read is an address, and nobody but a trusted proxy is skipped.
// The input is a list of ranges, a line end, and the fields.
#include "http/forwarded.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto line = std::min(text.find('\n'), text.size());
    auto trusted = http::AddressRanges::parse(text.substr(0, line));
    if (!trusted) {
        fuzz::require(!trusted.error().reason.empty(), "errors have a reason");
        return 0;
    }
    std::array<std::string_view, 1> fields{text.substr(std::min(line + 1, text.size()))};
    auto client = http::forwarded_client("192.0.2.1", fields, *trusted);
    auto address = http::parse_address(client);
    fuzz::require(address.has_value(), "the client is an address");
    fuzz::require(http::to_text(*address) == client, "written in one way");
    return 0;
}
