// Is an image whole? Everything that its descriptors, manifests and configs claim, checked against the bytes.
#pragma once

#include "async/run_blocking.hpp"
#include "image/source.hpp"

namespace cang::image {

// Reads every manifest and blob below `root` (foreign layers excepted) and returns all violations, one sentence each:
// sizes, digests, media types, missing content, configs that do not parse, diff IDs that are not the layers'.
// Empty means valid. Throws only Error{cancelled}.
awaitable<std::vector<std::string>> validate(Source& source, oci::Descriptor root, async::BlockingPool& pool);

} // namespace cang::image
