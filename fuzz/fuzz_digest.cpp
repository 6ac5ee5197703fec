// Digests and platforms: what parses prints to something that parses to the same.
#include "base/oci/digest.hpp"
#include "base/oci/platform.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto digest = oci::Digest::parse(text);
    fuzz::require(!digest || digest->to_string() == text, "a digest prints as it was written");
    fuzz::require(digest || digest.error().position <= size, "errors point into the text");
    fuzz::require(digest || digest.error().reason.size() < 500, "messages are short");
    if (auto platform = oci::Platform::parse(text)) {
        auto again = oci::Platform::parse(platform->to_string());
        fuzz::require(again && *again == *platform, "printing and parsing again gives the same platform");
        fuzz::require(platform->satisfies(*platform), "a platform satisfies itself");
    }
    for (auto algorithm : {oci::DigestAlgorithm::sha256, oci::DigestAlgorithm::sha512}) {
        auto of_text = oci::Digest::of(text, algorithm);
        auto again = oci::Digest::parse(of_text.to_string());
        fuzz::require(again && *again == of_text, "a computed digest is a valid one");
    }
    return 0;
}
