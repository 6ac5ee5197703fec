// Reads images out of one repository of the warehouse.
#pragma once

#include "image/places/warehouse/warehouse.hpp"
#include "image/source.hpp"

namespace cang::warehouse {

// The warehouse must outlive the source and its readers.
class WarehouseSource final : public image::Source, public image::Listing {
public:
    // References given to find() are looked up in `repository`, whatever repository they name themselves. When it is
    // empty, the repository of the first reference that find() finds is taken.
    explicit WarehouseSource(Warehouse& warehouse, std::string repository = {})
        : warehouse_(warehouse), repository_(std::move(repository)) {}

    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;
    awaitable<std::optional<oci::Descriptor>> find_layer(const oci::Digest& diff_id) override;

    awaitable<std::vector<std::string>> list_tags(const std::string& repository, const std::string& last,
                                                  std::size_t limit) override;
    awaitable<std::vector<std::string>> list_repositories(const std::string& last, std::size_t limit) override;

private:
    Warehouse& warehouse_;
    std::string repository_;
};

} // namespace cang::warehouse
