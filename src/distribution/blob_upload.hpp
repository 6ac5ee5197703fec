// One blob on its way into a repository (distribution-spec "Pushing blobs"). A broken upload keeps its place at the
// registry: run() called again asks how far it came and sends the rest.
#pragma once

#include "base/oci/descriptor.hpp"
#include "distribution/registry_client.hpp"

#include <functional>

namespace cang::distribution {

// Opens the blob at an offset.
using BlobOpener = std::function<awaitable<io::ReaderPtr>(std::uint64_t offset)>;
// Told of bytes taken from the opened blob.
using ByteCount = std::function<void(std::uint64_t)>;

class BlobUpload {
public:
    // `client` must outlive the object. `location`: of an upload that the registry opened already (see Blobs::mount).
    BlobUpload(RegistryClient& client, std::string repository, oci::Descriptor descriptor, std::string location = {});

    // Bytes read from their beginning are verified here before the registry has the last of them; the registry verifies
    // in any case. Throws Error{corrupt} when they are not the descriptor's.
    awaitable<void> run(BlobOpener open, ByteCount arrived);
    // Gives up the place at the registry, if there is one.
    awaitable<void> cancel();

private:
    awaitable<void> start();
    // How many bytes the registry kept; forgets the upload when it did not keep it.
    awaitable<std::uint64_t> find_offset();
    awaitable<void> send_whole(io::Reader& reader, std::uint64_t offset);
    awaitable<void> send_chunks(io::Reader& reader, std::uint64_t offset);
    awaitable<void> check_finished(http::ClientResponse& response);
    void take_location(const http::ClientResponse& response);
    std::string finish_target() const;
    std::string describe() const;

    RegistryClient& client_;
    std::string repository_;
    oci::Descriptor descriptor_;
    std::string location_;
    std::uint64_t chunk_bytes_;
    bool interrupted_ = false; // bytes were sent that the registry may have kept
};

} // namespace cang::distribution
