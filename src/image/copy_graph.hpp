// Loads what a copy needs of an image's manifests: the chosen root, what is below it, and referrers.
#pragma once

#include "async/retry.hpp"
#include "image/copy.hpp"
#include "image/copy_plan.hpp"

#include <set>

namespace cang::image {

// For one copy; the source, the options and the progress must outlive it.
class GraphLoader {
public:
    GraphLoader(Source& source, const CopyOptions& options, CopyProgress& progress, std::string name)
        : source_(source), options_(options), progress_(progress), name_(std::move(name)) {}

    // With retry; throws what the source throws.
    awaitable<oci::Manifest> get_manifest(oci::Descriptor descriptor);
    // The manifest to copy when `found` was asked for: itself, one of its images, or a smaller index.
    awaitable<oci::Manifest> choose_root(oci::Descriptor found, SinkTraits traits);
    // Everything below `root` that `delivery` lacks, and the referrers if the options say so.
    awaitable<ManifestGraph> load(oci::Manifest root, Delivery& delivery);

private:
    awaitable<oci::Manifest> find_image(oci::Manifest index, oci::Platform wanted);
    awaitable<std::optional<oci::Manifest>> search_nested(oci::Manifest index, oci::Platform wanted, std::size_t depth);
    awaitable<void> check_platform(oci::Manifest image);
    awaitable<void> load_level(std::vector<oci::Descriptor> level, Delivery& delivery);
    awaitable<void> load_one(oci::Descriptor descriptor, Delivery& delivery);
    awaitable<void> add_referrers(oci::Digest subject);
    void queue_children(const oci::Manifest& manifest);
    void queue(const oci::Descriptor& descriptor);

    Source& source_;
    const CopyOptions& options_;
    CopyProgress& progress_;
    std::string name_; // of the image, for messages
    ManifestGraph graph_;
    std::vector<oci::Descriptor> queued_;
    std::set<oci::Digest> seen_;
};

async::RetryPolicy retry_policy(const CopyOptions& options);
async::RetryObserver report_retry(CopyProgress& progress, std::string what);

} // namespace cang::image
