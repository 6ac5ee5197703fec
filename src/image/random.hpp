// Images made up from a seed, for tests and benchmarks: real tar layers, real configs, equal for equal options.
#pragma once

#include "base/oci/manifest.hpp"

#include <map>
#include <memory>

namespace cang::image {

struct RandomImageOptions {
    std::uint64_t seed = 1;
    std::size_t layers = 2;
    std::size_t layer_bytes = 4096;                        // of the one file in each layer; half of it is random
    oci::Compression compression = oci::Compression::gzip; // none or gzip
    bool docker = false;                                   // Docker schema 2 media types
    oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256;
    oci::Platform platform{"linux", "amd64", "", "", {}};
    std::map<std::string, std::string> labels;
    oci::Annotations annotations;
};

// Manifests and the blobs they need. Children come before parents; the root is the last.
struct ImageContent {
    std::vector<oci::Manifest> manifests;
    std::map<oci::Digest, std::shared_ptr<const std::string>> blobs;

    const oci::Manifest& root() const { return manifests.back(); }
    // Adds a blob and describes it.
    oci::Descriptor add_blob(std::string bytes, std::string media_type,
                             oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256);
    // Takes over the other's manifests and blobs, in front of what is added later.
    void add(const ImageContent& other);
};

ImageContent random_image(const RandomImageOptions& options = {});
// One image for each platform, the seed counted up.
ImageContent random_index(const std::vector<oci::Platform>& platforms, const RandomImageOptions& options = {});
// An artifact of one random blob; a referrer when it has a subject. Contains the artifact only.
ImageContent random_artifact(std::uint64_t seed, std::string artifact_type,
                             std::optional<oci::Descriptor> subject = std::nullopt);

// `count` bytes that look random and are equal for equal seeds.
std::string random_bytes(std::uint64_t seed, std::size_t count);

} // namespace cang::image
