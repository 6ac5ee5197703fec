// Manifests of one repository (distribution-spec "Pulling manifests", "Pushing manifests", "Deleting").
#pragma once

#include "base/oci/manifest.hpp"
#include "distribution/registry_client.hpp"

namespace cang::distribution {

struct PutOutcome {
    // The registry keeps the referrers list of the manifest's subject (OCI-Subject); else the pusher must.
    bool subject_listed = false;
};

// In all methods `name` is a tag or a digest, valid by oci::is_valid_tag or oci::Digest.
class Manifests {
public:
    // `client` must outlive the object.
    Manifests(RegistryClient& client, std::string repository) : client_(client), repository_(std::move(repository)) {}

    // Media type, digest and size; nullopt when absent. One HEAD, or a GET where the registry's HEAD says too little.
    awaitable<std::optional<oci::Descriptor>> find(std::string name);
    // Verified: by digest when `name` is one, else against the digest that the registry states.
    // Throws Error{not_found}, Error{corrupt}, Error{unsupported} for schema 1.
    awaitable<oci::Manifest> get(std::string name);
    // nullopt when the registry has none of that name.
    awaitable<std::optional<oci::Manifest>> find_whole(std::string name);
    // nullopt when the tag still names `known`: one conditional request.
    awaitable<std::optional<oci::Manifest>> get_if_changed(std::string name, oci::Digest known);
    // Idempotent.
    awaitable<PutOutcome> put(oci::Manifest manifest, std::string name);
    // False when it was not there. Throws Error{unsupported} where the registry does not delete.
    awaitable<bool> erase(std::string name);

private:
    ApiRequest make_request(http::Method method, const std::string& name) const;
    awaitable<oci::Manifest> receive(http::ClientResponse& response, std::string name);
    std::string describe(const std::string& name) const;

    RegistryClient& client_;
    std::string repository_;
};

} // namespace cang::distribution
