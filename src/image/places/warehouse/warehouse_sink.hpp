// Puts images into the warehouse.
#pragma once

#include "image/places/warehouse/warehouse.hpp"
#include "image/sink.hpp"

namespace cang::warehouse {

// On whose behalf something is written.
struct WarehouseWriter {
    Actor actor = {};
    // From where blobs that the warehouse has may be taken instead of sent; empty: from everywhere.
    MayRead may_read = {};
};

// The warehouse must outlive the sink and its deliveries. The target's repository is taken from the reference; its
// registry means nothing here. A target with a digest only gets no tag.
class WarehouseSink final : public image::Sink {
public:
    explicit WarehouseSink(Warehouse& warehouse, WarehouseWriter writer = {})
        : warehouse_(warehouse), writer_(std::move(writer)) {}

    awaitable<std::unique_ptr<image::Delivery>> begin(const oci::Reference& target) override;
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;
    // Inflates the blob: that it is this layer was only the word of who pushed it.
    awaitable<std::optional<oci::Descriptor>> find_layer(oci::Digest diff_id) override;

private:
    Warehouse& warehouse_;
    WarehouseWriter writer_;
};

// The ingest under which a blob on its way is kept, so that a later copy, also of another process, goes on with it.
std::string ingest_id(const oci::Descriptor& descriptor);

} // namespace cang::warehouse
