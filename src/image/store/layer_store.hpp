// Which stored blob is the compressed form of a layer, by diff ID. Only a hint: whoever uses it checks that the blob
// is there.
#pragma once

#include "base/oci/descriptor.hpp"
#include "sql/connection.hpp"

namespace cang::store {

class LayerStore {
public:
    explicit LayerStore(sql::Connection& connection) : connection_(connection) {}

    // Only when the blob's object is in the warehouse now.
    std::optional<oci::Descriptor> find(const oci::Digest& diff_id);
    // The last one told wins.
    void put(const oci::Digest& diff_id, const oci::Descriptor& blob);
    // Forgets layers whose object is gone; returns how many.
    std::uint64_t prune();

private:
    sql::Connection& connection_;
};

} // namespace cang::store
