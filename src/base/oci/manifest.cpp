#include "base/oci/manifest.hpp"

namespace cang::oci {

Descriptor Manifest::descriptor() const {
    Descriptor descriptor;
    descriptor.media_type = media_type_;
    descriptor.digest = digest_;
    descriptor.size = bytes_->size();
    descriptor.artifact_type = artifact_type_;
    descriptor.annotations = annotations_;
    return descriptor;
}

std::vector<Descriptor> Manifest::blobs() const {
    std::vector<Descriptor> blobs;
    if (config_)
        blobs.push_back(*config_);
    blobs.insert(blobs.end(), layers_.begin(), layers_.end());
    return blobs;
}

std::optional<Descriptor> select_platform(const Manifest& index, const Platform& wanted) {
    for (const auto& candidate : index.manifests()) {
        if (!candidate.platform || candidate.platform->os == "unknown")
            continue;
        if (candidate.platform->satisfies(wanted))
            return candidate;
    }
    return std::nullopt;
}

} // namespace cang::oci
