// Where things are in the data directory of a FilesystemStore.
//
//   blobs/<algorithm>/<first two hex digits>/<hex>   an object
//   uploads/<id>/data, uploads/<id>/state            an ingest
#pragma once

#include "base/oci/digest.hpp"

#include <filesystem>

namespace cang::content {

struct StoreLayout {
    std::filesystem::path root;

    std::filesystem::path algorithm_directory(oci::DigestAlgorithm algorithm) const {
        return root / "blobs" / oci::to_string(algorithm);
    }
    std::filesystem::path object_directory(const oci::Digest& digest) const {
        return algorithm_directory(digest.algorithm()) / digest.hex().substr(0, 2);
    }
    std::filesystem::path object(const oci::Digest& digest) const { return object_directory(digest) / digest.hex(); }
    std::filesystem::path uploads() const { return root / "uploads"; }
    std::filesystem::path upload(const std::string& id) const { return uploads() / id; }
};

} // namespace cang::content
