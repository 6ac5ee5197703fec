// What a Docker Engine has of layers. Docker stores a layer under its chain ID: the layer together with all below it.
#pragma once

#include "base/oci/image_config.hpp"
#include "docker/images.hpp"

#include <set>

namespace cang::dockerhost {

// Does POST /images/load skip layers whose chain the engine has, so that an archive may leave them out? Docker with
// its own storage drivers does (loadLayer is reached only for unknown chains; checked on 20.10). Docker over
// containerd's store and Podman unpack every layer they are sent.
bool may_leave_out_layers(const docker::EngineVersion& version, const docker::EngineStatus& status);

// Chain IDs of every image of the engine.
awaitable<std::set<oci::Digest>> list_chains(docker::Images& images);

// For each layer of an image, base first: may it be left out? Only when the chain at every place of that layer in the
// image is known: the archive has one file for all of them. Pure.
std::vector<bool> known_layers(const std::vector<oci::Digest>& diff_ids, const std::set<oci::Digest>& chains);

} // namespace cang::dockerhost
