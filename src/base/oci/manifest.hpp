// A manifest as stored: its exact bytes, and what they say. Image manifests, image indexes, artifacts and their Docker
// schema 2 twins. The bytes are never rewritten, so the digest holds.
#pragma once

#include "base/oci/descriptor.hpp"
#include "base/oci/media_type.hpp"

#include <memory>

namespace cang::oci {

struct ManifestLimits {
    static constexpr std::size_t bytes = 4 * 1024 * 1024; // distribution-spec: registries accept at least 4 MiB
    static constexpr std::size_t depth = 32;              // JSON nesting
    static constexpr std::size_t descriptors = 10'000;    // layers or manifests in one document
};

class Manifest {
public:
    // `media_type` is what the peer said (Content-Type or descriptor); empty means "as the document says".
    // Fails on JSON that is not a manifest, on a mediaType that contradicts, on bounds, on schema 1.
    static std::expected<Manifest, ParseError> parse(std::string bytes, std::string_view media_type,
                                                     DigestAlgorithm algorithm = DigestAlgorithm::sha256);

    const std::string& bytes() const noexcept { return *bytes_; }
    std::shared_ptr<const std::string> shared_bytes() const noexcept { return bytes_; }
    const std::string& media_type() const noexcept { return media_type_; }
    const Digest& digest() const noexcept { return digest_; }
    // Media type, digest, size; artifact_type and annotations as the referrers API wants them.
    Descriptor descriptor() const;

    bool is_index() const noexcept { return oci::is_index(media_type_); }
    const std::optional<Descriptor>& config() const noexcept { return config_; }     // image manifests
    const std::vector<Descriptor>& layers() const noexcept { return layers_; }       // image manifests
    const std::vector<Descriptor>& manifests() const noexcept { return manifests_; } // indexes
    const std::optional<Descriptor>& subject() const noexcept { return subject_; }
    // artifactType, or the config's media type where absent (distribution-spec "Listing referrers").
    const std::string& artifact_type() const noexcept { return artifact_type_; }
    const Annotations& annotations() const noexcept { return annotations_; }
    // Config then layers (foreign ones included); empty for an index.
    std::vector<Descriptor> blobs() const;

private:
    std::shared_ptr<const std::string> bytes_;
    std::string media_type_;
    Digest digest_;
    std::optional<Descriptor> config_;
    std::vector<Descriptor> layers_;
    std::vector<Descriptor> manifests_;
    std::optional<Descriptor> subject_;
    std::string artifact_type_;
    Annotations annotations_;
};

// Throws Error{invalid_argument} code MANIFEST_INVALID.
Manifest require_manifest(std::string bytes, std::string_view media_type,
                          DigestAlgorithm algorithm = DigestAlgorithm::sha256);

// Documents that we make ourselves; compact JSON with a fixed key order, so equal input gives an equal digest.
struct ManifestParts {
    std::string media_type = std::string(media_type::oci_manifest);
    Descriptor config;
    std::vector<Descriptor> layers;
    std::optional<Descriptor> subject;
    std::string artifact_type;
    Annotations annotations;
};
Manifest make_manifest(const ManifestParts& parts);

struct IndexParts {
    std::string media_type = std::string(media_type::oci_index);
    std::vector<Descriptor> manifests;
    std::optional<Descriptor> subject;
    std::string artifact_type;
    Annotations annotations;
};
Manifest make_index(const IndexParts& parts);

// The manifest of `index` to use for `wanted`, first match in document order; attestation manifests
// (platform unknown/unknown) never match. nullopt when none does.
std::optional<Descriptor> select_platform(const Manifest& index, const Platform& wanted);

} // namespace cang::oci
