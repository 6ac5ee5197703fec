// index.json of an OCI image layout (image-spec image-layout.md): which names the layout knows. Pure; no I/O.
#pragma once

#include "base/oci/manifest.hpp"
#include "base/oci/reference.hpp"

namespace cang::layout {

inline constexpr std::string_view kRefNameAnnotation = "org.opencontainers.image.ref.name";
// Docker and containerd write the whole name here and only the tag into the ref name.
inline constexpr std::string_view kImageNameAnnotation = "io.containerd.image.name";

// The ref name that a reference stands for: "app:v1" as written, just the tag when there is no repository, empty for
// a reference that names nothing or only a digest.
std::string ref_name(const oci::Reference& reference);

class LayoutIndex {
public:
    LayoutIndex() = default; // no entries
    static std::expected<LayoutIndex, ParseError> parse(std::string bytes);

    const std::vector<oci::Descriptor>& entries() const noexcept { return entries_; }
    // By digest when the reference has one; by name; or, when it names nothing, the only image of the layout.
    // Throws Error{invalid_argument} when it names nothing and there are several.
    std::optional<oci::Descriptor> find(const oci::Reference& reference) const;
    // The entry of exactly this ref name.
    const oci::Descriptor* find_name(std::string_view name) const;
    // Adds an entry under `name`, replacing the one of that name; without a name, replaces the nameless entry of the
    // same digest. Annotations of the descriptor are kept.
    void put(oci::Descriptor entry, std::string_view name);
    // The file's bytes: equal entries give equal bytes.
    std::string to_bytes() const;

private:
    std::vector<oci::Descriptor> entries_;
    oci::Annotations annotations_;
};

// What index.json says of a manifest: where it is, and for referrers their artifact type. What else it is for stands in
// the manifest.
oci::Descriptor index_entry(const oci::Manifest& manifest);

// The oci-layout file: {"imageLayoutVersion":"1.0.0"}.
std::string layout_file_bytes();
// Why this is not an oci-layout file of a version that we read; nullopt when it is.
std::optional<ParseError> check_layout_file(std::string_view bytes);

} // namespace cang::layout
