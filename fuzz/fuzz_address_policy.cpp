// Lists of outgoing targets: what parses prints to something that parses to the same, and decides the same.
#include "http/address_policy.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (auto address = http::IpAddress::parse(text)) {
        fuzz::require(http::IpAddress::parse(address->to_string()) == address, "an address has one spelling");
        http::AddressPolicy strict({}, {});
        auto by_host = strict.find_refusal({std::string(text)});
        fuzz::require(by_host == strict.find_refusal({"any.example"}, *address), "a numeric host is its address");
    }
    if (auto range = http::IpRange::parse(text)) {
        fuzz::require(http::IpRange::parse(range->to_string()) == *range, "a range prints as it is read");
        fuzz::require(range->contains(range->base()), "a range begins with its first address");
    }
    auto list = http::OutgoingList::parse(text);
    if (!list) {
        fuzz::require(list.error().position <= size, "errors point into the text");
        fuzz::require(list.error().reason.size() < 200, "messages are short");
        return 0;
    }
    auto printed = list->to_string();
    auto again = http::OutgoingList::parse(printed);
    fuzz::require(again && again->to_string() == printed, "printing and parsing again gives the same");
    return 0;
}
