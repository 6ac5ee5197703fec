// Referrers of a manifest (distribution-spec "Listing Referrers"): by the API, or by the tag schema of registries that
// do not have it.
#pragma once

#include "distribution/manifests.hpp"

namespace cang::distribution {

class Referrers {
public:
    // `client` must outlive the object.
    Referrers(RegistryClient& client, std::string repository) : client_(client), repository_(std::move(repository)) {}

    // Descriptors with artifact type and annotations. `artifact_type` empty: all.
    awaitable<std::vector<oci::Descriptor>> list(oci::Digest subject, std::string artifact_type = {});
    // For a registry that does not list referrers itself (PutOutcome::subject_listed): adds `referrer` to the index
    // under the subject's tag. Idempotent. Not safe against another client that does the same at the same moment; the
    // specification offers no means.
    awaitable<void> add_to_tag_schema(oci::Digest subject, oci::Descriptor referrer);

private:
    awaitable<std::optional<std::vector<oci::Descriptor>>> list_by_api(oci::Digest subject, std::string artifact_type);
    awaitable<std::vector<oci::Descriptor>> list_by_tag(oci::Digest subject);

    RegistryClient& client_;
    std::string repository_;
};

// "sha256-<hex>", where the fallback index of a subject is.
std::string referrers_tag(const oci::Digest& subject);

} // namespace cang::distribution
