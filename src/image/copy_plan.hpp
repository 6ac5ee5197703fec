// The pure half of a copy: which platforms, which blobs and manifests, in which order. No I/O.
#pragma once

#include "image/sink.hpp"

#include <map>
#include <span>
#include <vector>

namespace cang::image {

struct GraphLimits {
    static constexpr std::size_t depth = 8;          // indexes within indexes; real ones have two
    static constexpr std::size_t manifests = 10'000; // loaded for one copy, referrers included
};

// What was loaded of an image. A child that an index names and that is not here is at the target already.
struct ManifestGraph {
    oci::Manifest root;
    std::map<oci::Digest, oci::Manifest> manifests; // below the root, and referrers; the root is not among them
};

struct CopyPlan {
    std::vector<oci::Manifest> images;              // image manifests whose blobs are sent, the root included
    std::vector<oci::Descriptor> blobs;             // every digest once, the largest first
    std::uint64_t bytes = 0;                        // of those blobs
    std::vector<std::vector<oci::Manifest>> levels; // each needs only manifests of earlier ones; the root is not there
};

// Foreign layers are left out where the target keeps layers as they are: it then needs only their descriptor.
CopyPlan make_plan(const ManifestGraph& graph, const SinkTraits& traits);

// The platforms an index offers, attestations left out, in document order.
std::vector<oci::Platform> platforms_of(const oci::Manifest& index);

// "linux/amd64, linux/arm64/v8"
std::string to_text(std::span<const oci::Platform> platforms);

// `index` with only the manifests for `wanted`, and the attestations of those; `index` itself when that is all of it.
// Throws Error{not_found} when a wanted platform is missing. `name` is for the message.
oci::Manifest keep_platforms(const oci::Manifest& index, std::span<const oci::Platform> wanted, std::string_view name);

// The one platform to take from an index for a target that holds no indexes: the host's, or the only one.
// Throws Error{unsupported} when there are several, none of them the host's.
oci::Platform choose_platform(const oci::Manifest& index, const oci::Platform& host, std::string_view name);

} // namespace cang::image
