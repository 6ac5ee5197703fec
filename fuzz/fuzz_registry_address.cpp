// Addresses of registries: what parses prints to something that parses to the same, and holds what an image name can.
#include "base/oci/reference.hpp"
#include "require.hpp"
#include "transfer/registry_address.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto address = transfer::RegistryAddress::parse(text);
    if (!address) {
        fuzz::require(address.error().position <= size, "errors point into the text");
        fuzz::require(address.error().reason.size() < 200, "messages are short");
        return 0;
    }
    auto again = transfer::RegistryAddress::parse(address->url());
    fuzz::require(again && *again == *address, "printing and parsing again gives the same");
    auto image = oci::Reference::parse(address->host + "/name");
    fuzz::require(image && image->registry == address->host, "the host is one of an image name");
    fuzz::require(transfer::registry_host(address->host) == address->host, "the host has one spelling");
    return 0;
}
