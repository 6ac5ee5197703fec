// A repository of a remote registry as the source of an image.
#pragma once

#include "distribution/registry_client.hpp"
#include "image/source.hpp"

namespace cang::image {

// Use on the client's executor.
class RegistrySource final : public Source, public Listing {
public:
    // `repository` may be empty for a source that is only listed.
    RegistrySource(std::shared_ptr<distribution::RegistryClient> client, std::string repository);

    // The reference's tag or digest in this source's repository.
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;
    std::string mount_origin() const override;

    // The lists are fetched whole when they are asked for from their beginning (empty `last`), and paged from memory.
    awaitable<std::vector<std::string>> list_tags(const std::string& repository, const std::string& last,
                                                  std::size_t limit) override;
    awaitable<std::vector<std::string>> list_repositories(const std::string& last, std::size_t limit) override;

private:
    std::shared_ptr<distribution::RegistryClient> client_;
    std::string repository_;
    std::string listed_repository_;
    std::vector<std::string> tags_; // of listed_repository_
    std::vector<std::string> repositories_;
};

} // namespace cang::image
