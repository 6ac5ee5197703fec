// Pasted certificates: what is taken is taken again as it is, and holds nothing else.
#include "require.hpp"
#include "transfer/ca_certificates.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto certificates = transfer::parse_ca_certificates(text);
    if (!certificates) {
        fuzz::require(certificates.error().position <= size, "errors point into the text");
        return 0;
    }
    fuzz::require(certificates->starts_with("-----BEGIN CERTIFICATE-----"), "nothing comes before");
    auto again = transfer::parse_ca_certificates(*certificates);
    fuzz::require(again && *again == *certificates, "taking it again gives the same");
    return 0;
}
