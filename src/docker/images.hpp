// Images of a Docker Engine.
#pragma once

#include "base/oci/digest.hpp"
#include "base/oci/platform.hpp"
#include "docker/engine.hpp"
#include "docker/load_stream.hpp"

namespace cang::docker {

struct ImageSummary {
    oci::Digest id; // digest of the image's config
    std::vector<std::string> repo_tags;
    std::vector<std::string> repo_digests;
    std::uint64_t bytes = 0; // uncompressed, shared layers included
};

struct ImageDetails {
    oci::Digest id;
    std::vector<std::string> repo_tags;
    std::vector<std::string> repo_digests;
    oci::Platform platform;
    std::vector<oci::Digest> diff_ids; // base first
    std::uint64_t bytes = 0;
};

// Methods belong to the engine's executor. `name` is anything Docker resolves: "app:1", "sha256:…".
class Images {
public:
    explicit Images(Engine& engine) : engine_(engine) {}

    // Without the intermediate images of classic builds unless `all`.
    awaitable<std::vector<ImageSummary>> list(bool all = false);
    awaitable<std::optional<ImageDetails>> find(std::string name);
    // A docker-archive of these images, streamed; dropping the reader ends the export. Throws Error{not_found}.
    awaitable<io::ReaderPtr> save(std::vector<std::string> names);
    // Loads a docker-archive; returns when the engine has all of it, with the names it reports. Throws Error with
    // Docker's message, also when the failure is only in the progress stream.
    awaitable<std::vector<std::string>> load(io::Reader& archive, std::optional<std::uint64_t> bytes,
                                             LoadObserver observer = {});
    awaitable<void> tag(std::string name, std::string repository, std::string tag);
    // False when there was none. `force` also removes an image with several tags or stopped containers.
    awaitable<bool> remove(std::string name, bool force = false);

private:
    Engine& engine_;
};

} // namespace cang::docker
