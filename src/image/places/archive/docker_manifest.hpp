// manifest.json of a docker-archive (the format of `docker save`): which images it holds and where. Pure; no I/O.
#pragma once

#include "base/oci/manifest.hpp"
#include "base/oci/reference.hpp"

namespace cang::archive {

struct ArchiveImage {
    std::string config; // path inside the archive
    std::vector<std::string> repo_tags;
    std::vector<std::string> layers; // paths inside the archive, base first

    friend bool operator==(const ArchiveImage&, const ArchiveImage&) = default;
};

struct ArchiveLimits {
    // `docker save` of everything on a large host: thousands of images with tens of layers each.
    static constexpr std::size_t manifest_bytes = 32 * MiB;
    static constexpr std::size_t images = 20'000;
    static constexpr std::size_t layers = 1'000; // of one image; overlay2 allows 128
    static constexpr std::size_t tags = 10'000;  // of one image
    static constexpr std::size_t path_bytes = 4096;
};

// Paths come out normalised (clean_path); one that leaves the archive is a ParseError.
std::expected<std::vector<ArchiveImage>, ParseError> parse_docker_manifest(std::string_view bytes);
// Equal images give equal bytes.
std::string print_docker_manifest(const std::vector<ArchiveImage>& images);

// "./a//b/../c" -> "a/c"; nullopt for empty, absolute, too long, or leaving the archive with "..".
std::optional<std::string> clean_path(std::string_view path);

// The image that the reference names: by tag as Docker reads names, or the only image for a reference that names
// nothing. Throws Error{invalid_argument} when it names nothing and there are several.
const ArchiveImage* find_image(const std::vector<ArchiveImage>& images, const oci::Reference& reference);

// "repository:tag" as Docker shows it, for RepoTags; empty when the reference has no repository or only a digest.
std::string repo_tag(const oci::Reference& reference);

} // namespace cang::archive
