// References: what parses prints to something that parses to the same, its parts are valid, and errors point into the
// text.
#include "base/oci/reference.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (auto parse : {&oci::Reference::parse, &oci::Reference::parse_docker}) {
        auto reference = parse(text);
        if (!reference) {
            fuzz::require(reference.error().position <= size, "errors point into the text");
            fuzz::require(reference.error().reason.size() < 400, "messages are short");
            continue;
        }
        fuzz::require(oci::is_valid_repository(reference->repository), "the repository is valid");
        fuzz::require(!reference->tag || oci::is_valid_tag(*reference->tag), "the tag is valid");
        auto again = parse(reference->to_string());
        fuzz::require(again && *again == *reference, "printing and parsing again gives the same");
    }
    return 0;
}
