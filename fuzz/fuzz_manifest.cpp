// Manifests and indexes: the bytes stay as they are, and what was read survives being written and read again.
#include "base/oci/manifest.hpp"
#include "require.hpp"

using namespace cang;

namespace {

void check_image(const oci::Manifest& manifest) {
    oci::ManifestParts parts;
    parts.media_type = manifest.media_type();
    parts.config = manifest.config().value();
    parts.layers = manifest.layers();
    parts.subject = manifest.subject();
    parts.artifact_type = manifest.artifact_type();
    parts.annotations = manifest.annotations();
    auto made = oci::make_manifest(parts);
    fuzz::require(made.config() == manifest.config(), "the config survives");
    fuzz::require(made.layers() == manifest.layers(), "the layers survive");
    fuzz::require(made.subject() == manifest.subject(), "the subject survives");
    fuzz::require(made.artifact_type() == manifest.artifact_type(), "the artifact type survives");
    fuzz::require(made.annotations() == manifest.annotations(), "the annotations survive");
    fuzz::require(manifest.blobs().size() == 1 + manifest.layers().size(), "config and layers are the blobs");
}

void check_index(const oci::Manifest& manifest) {
    oci::IndexParts parts;
    parts.media_type = manifest.media_type();
    parts.manifests = manifest.manifests();
    parts.subject = manifest.subject();
    parts.annotations = manifest.annotations();
    auto made = oci::make_index(parts);
    fuzz::require(made.manifests() == manifest.manifests(), "the children survive");
    auto chosen = oci::select_platform(manifest, oci::Platform::host());
    fuzz::require(!chosen || chosen->platform->satisfies(oci::Platform::host()), "the chosen platform fits");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(bytes), size);
    for (auto type : {std::string_view(), oci::media_type::docker_manifest, oci::media_type::oci_index}) {
        auto manifest = oci::Manifest::parse(text, type);
        if (!manifest) {
            fuzz::require(!manifest.error().reason.empty(), "errors have a reason");
            continue;
        }
        fuzz::require(manifest->bytes() == text, "the bytes are kept");
        fuzz::require(manifest->digest() == oci::Digest::of(text), "the digest is that of the bytes");
        // Escapes may make the written document larger than the one that was read.
        if (text.size() * 6 > oci::ManifestLimits::bytes)
            continue;
        if (manifest->is_index())
            check_index(*manifest);
        else
            check_image(*manifest);
    }
    return 0;
}
