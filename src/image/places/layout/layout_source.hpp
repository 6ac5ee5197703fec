// Images of an OCI image layout (image-spec image-layout.md), in a directory or in an archive (oci_archive_source.hpp).
//
// Referrers are found among the manifests of index.json and under the fallback tag (distribution-spec "Referrers Tag
// Schema").
#pragma once

#include "async/run_blocking.hpp"
#include "image/places/layout/layout_files.hpp"
#include "image/places/layout/layout_index.hpp"
#include "image/source.hpp"

#include <filesystem>
#include <map>

namespace cang::layout {

class LayoutSource final : public image::Source {
public:
    explicit LayoutSource(std::unique_ptr<LayoutFiles> files);

    // A reference that names nothing is the only image of the layout; see LayoutIndex::find.
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;

    // Everything in index.json, in its order.
    awaitable<LayoutIndex> read_index();

private:
    struct Referrer {
        std::optional<oci::Digest> subject; // absent: not a referrer
        oci::Descriptor descriptor;
    };
    awaitable<std::optional<std::string>> find_manifest_bytes(oci::Digest digest);
    awaitable<const Referrer*> examine(const oci::Descriptor& entry);

    std::unique_ptr<LayoutFiles> files_;
    std::map<oci::Digest, Referrer> examined_; // by digest: content never changes
};

// Throws Error{not_found}, Error{invalid_argument} when the directory is no layout.
awaitable<std::unique_ptr<LayoutSource>> open_layout(std::filesystem::path path, async::BlockingPool& pool);

} // namespace cang::layout
