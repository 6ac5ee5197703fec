// index.json and oci-layout of image layouts: what is read survives being written, and names lead to entries.
#include "image/places/layout/layout_index.hpp"
#include "require.hpp"

using namespace cang;

namespace {

void check_names(const layout::LayoutIndex& index) {
    for (const auto& entry : index.entries()) {
        const auto by_digest = index.find(oci::Reference{}.with_digest(entry.digest));
        fuzz::require(by_digest && by_digest->digest == entry.digest, "an entry is found by its digest");
        const auto name = entry.annotations.find(std::string(layout::kRefNameAnnotation));
        if (name == entry.annotations.end() || name->second.empty())
            continue;
        fuzz::require(index.find_name(name->second) != nullptr, "an entry is found by its name");
        if (const auto reference = oci::Reference::parse(name->second); reference && !reference->digest)
            fuzz::require(index.find(*reference).has_value(), "an entry is found by its reference");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (const auto wrong = layout::check_layout_file(text))
        fuzz::require(!wrong->reason.empty(), "errors have a reason");
    auto index = layout::LayoutIndex::parse(text);
    if (!index)
        return 0;
    // Escapes may make the written document larger than the one that was read.
    if (text.size() * 6 > oci::ManifestLimits::bytes)
        return 0;
    check_names(*index);
    const auto again = layout::LayoutIndex::parse(index->to_bytes());
    fuzz::require(again && again->entries() == index->entries(), "entries survive");
    oci::Descriptor added;
    added.media_type = oci::media_type::oci_manifest;
    added.digest = oci::Digest::of(text);
    index->put(added, "fuzz:1");
    fuzz::require(index->find_name("fuzz:1")->digest == added.digest, "what was put is found");
    return 0;
}
