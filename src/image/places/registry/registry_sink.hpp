// A repository of a remote registry as the target of an image.
#pragma once

#include "distribution/registry_client.hpp"
#include "image/sink.hpp"

namespace cang::image {

// Use on the client's executor.
class RegistrySink final : public Sink {
public:
    explicit RegistrySink(std::shared_ptr<distribution::RegistryClient> client);

    // commit() puts one manifest, which changes nothing when the registry took an earlier one without our hearing of
    // it.
    SinkTraits traits() const override { return {.repeatable_commit = true}; }
    // The reference's registry is the client's; its repository and tag or digest name the target.
    awaitable<std::unique_ptr<Delivery>> begin(const oci::Reference& target) override;
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;

private:
    std::shared_ptr<distribution::RegistryClient> client_;
};

} // namespace cang::image
