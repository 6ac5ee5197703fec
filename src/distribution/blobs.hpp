// Blobs of one repository (distribution-spec "Pulling blobs", "Mounting a blob", "Deleting blobs"). For uploads see
// blob_upload.
#pragma once

#include "base/oci/descriptor.hpp"
#include "distribution/registry_client.hpp"

namespace cang::distribution {

struct MountOutcome {
    bool mounted = false;
    std::string upload; // Location of the upload that the registry opened instead; may be empty
};

class Blobs {
public:
    // `client` must outlive the object and what it opened.
    Blobs(RegistryClient& client, std::string repository) : client_(client), repository_(std::move(repository)) {}

    // The blob's size; nullopt when the repository does not have it.
    awaitable<std::optional<std::uint64_t>> find(oci::Digest digest);
    // Exactly the bytes from `offset` to the descriptor's size, whatever the registry makes of Range. Not verified.
    // Throws Error{not_found}; Error{corrupt} for a length that contradicts the descriptor.
    awaitable<io::ReaderPtr> open(oci::Descriptor descriptor, std::uint64_t offset = 0);
    // Makes the blob of repository `from` of the same registry one of this repository's.
    awaitable<MountOutcome> mount(oci::Digest digest, std::string from);
    // False when it was not there.
    awaitable<bool> erase(oci::Digest digest);

private:
    std::string path(const oci::Digest& digest) const;
    std::string describe(const oci::Digest& digest) const;

    RegistryClient& client_;
    std::string repository_;
};

} // namespace cang::distribution
