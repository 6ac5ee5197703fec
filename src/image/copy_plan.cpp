#include "image/copy_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace cang::image {

namespace {

// BuildKit's link from an attestation manifest to the image manifest it is about.
constexpr const char* kAttestationSubject = "vnd.docker.reference.digest";

class Planner {
public:
    Planner(const ManifestGraph& graph, const SinkTraits& traits) : graph_(graph), traits_(traits) {}

    CopyPlan make() && {
        for (const auto& [digest, manifest] : graph_.manifests) {
            auto level = level_of(manifest);
            if (plan_.levels.size() <= level)
                plan_.levels.resize(level + 1);
            plan_.levels[level].push_back(manifest);
        }
        add_blobs(graph_.root);
        for (const auto& level : plan_.levels)
            for (const auto& manifest : level)
                add_blobs(manifest);
        // A large blob that begins last would keep the copy waiting alone. An archive takes one layer after the other,
        // and keeps its order when it is written anew from what it holds.
        if (traits_.compressed_layers)
            std::ranges::sort(plan_.blobs, largest_first);
        return std::move(plan_);
    }

private:
    // Among equals by digest: one image gives one plan, whatever the sort does.
    static bool largest_first(const oci::Descriptor& left, const oci::Descriptor& right) {
        return left.size != right.size ? left.size > right.size : left.digest < right.digest;
    }

    std::size_t level_of(const oci::Manifest& manifest) {
        if (auto known = levels_.find(manifest.digest()); known != levels_.end())
            return known->second;
        std::size_t level = 0;
        for (const auto& child : manifest.manifests())
            if (auto loaded = graph_.manifests.find(child.digest); loaded != graph_.manifests.end())
                level = std::max(level, level_of(loaded->second) + 1);
        levels_.emplace(manifest.digest(), level);
        return level;
    }

    void add_blobs(const oci::Manifest& manifest) {
        if (!manifest.is_index())
            plan_.images.push_back(manifest);
        for (const auto& blob : manifest.blobs())
            add_blob(blob);
        // BuildKit's build caches are indexes that list layers.
        for (const auto& child : manifest.manifests())
            if (!oci::is_manifest(child.media_type))
                add_blob(child);
    }

    void add_blob(const oci::Descriptor& blob) {
        if (oci::is_foreign_layer(blob.media_type) && traits_.compressed_layers)
            return;
        if (!seen_.insert(blob.digest).second)
            return;
        plan_.blobs.push_back(blob);
        plan_.bytes += blob.size;
    }

    const ManifestGraph& graph_;
    const SinkTraits& traits_;
    CopyPlan plan_;
    std::map<oci::Digest, std::size_t> levels_;
    std::set<oci::Digest> seen_;
};

bool is_attestation(const oci::Descriptor& child) { return child.platform && child.platform->os == "unknown"; }

} // namespace

CopyPlan make_plan(const ManifestGraph& graph, const SinkTraits& traits) { return Planner(graph, traits).make(); }

std::vector<oci::Platform> platforms_of(const oci::Manifest& index) {
    std::vector<oci::Platform> platforms;
    for (const auto& child : index.manifests())
        if (child.platform && !is_attestation(child))
            platforms.push_back(*child.platform);
    return platforms;
}

std::string to_text(std::span<const oci::Platform> platforms) {
    std::vector<std::string> texts;
    for (const auto& platform : platforms)
        texts.push_back(platform.to_string());
    return fmt::format("{}", fmt::join(texts, ", "));
}

oci::Manifest keep_platforms(const oci::Manifest& index, std::span<const oci::Platform> wanted, std::string_view name) {
    std::set<std::string> kept;
    for (const auto& platform : wanted) {
        bool matched = false;
        for (const auto& child : index.manifests())
            if (child.platform && !is_attestation(child) && child.platform->satisfies(platform)) {
                kept.insert(child.digest.to_string());
                matched = true;
            }
        if (!matched)
            throw Error(ErrorKind::not_found, fmt::format("{} is not built for {}, only for {}", name,
                                                          platform.to_string(), to_text(platforms_of(index))));
    }
    oci::IndexParts parts;
    for (const auto& child : index.manifests()) {
        auto about = child.annotations.find(kAttestationSubject);
        if (kept.contains(child.digest.to_string()) ||
            (about != child.annotations.end() && kept.contains(about->second)))
            parts.manifests.push_back(child);
    }
    if (parts.manifests.size() == index.manifests().size())
        return index;
    parts.media_type = index.media_type();
    parts.subject = index.subject();
    parts.artifact_type = index.artifact_type();
    parts.annotations = index.annotations();
    return oci::make_index(parts);
}

oci::Platform choose_platform(const oci::Manifest& index, const oci::Platform& host, std::string_view name) {
    auto platforms = platforms_of(index);
    for (const auto& platform : platforms)
        if (platform.satisfies(host))
            return platform;
    if (platforms.size() == 1)
        return platforms.front();
    if (platforms.empty())
        throw Error(ErrorKind::unsupported,
                    fmt::format("{} is an index without platforms; a single image is needed here", name));
    throw Error(ErrorKind::unsupported,
                fmt::format("{} is built for {}; one is needed here and none is this machine's ({}): choose a "
                            "platform",
                            name, to_text(platforms), host.to_string()));
}

} // namespace cang::image
