// The places that the running server reaches: its own warehouse and remote registries. One for each operation: it keeps
// one client for each registry, so that the copies of an operation share connections and tokens.
#pragma once

#include "distribution/registry_client.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "transfer/authority.hpp"
#include "transfer/places.hpp"

#include <map>

namespace cang::transfer {

// How a registry ("host[:port]") is reached, who we are there, and to which addresses it may lead us.
using AccessTo = std::function<awaitable<distribution::RegistryOptions>(std::string host)>;

class ServerPlaces final : public Places {
public:
    // Warehouse and `access_to` outlive it. `executor` is the one that its methods are called on. Places that
    // `authority` does not allow are not opened.
    ServerPlaces(asio::any_io_executor executor, warehouse::Warehouse& warehouse, const AccessTo& access_to,
                 Authority authority = {})
        : executor_(std::move(executor)), warehouse_(warehouse), access_to_(access_to),
          authority_(std::move(authority)) {}

    awaitable<OpenPlace<image::Source>> open_source(image::PlaceName name) override;
    awaitable<OpenPlace<image::Sink>> open_sink(image::PlaceName name) override;
    awaitable<OpenPlace<image::Listing>> open_listing(image::PlaceName name) override;

private:
    using ClientPtr = std::shared_ptr<distribution::RegistryClient>;
    awaitable<ClientPtr> client_of(std::string registry);

    asio::any_io_executor executor_;
    warehouse::Warehouse& warehouse_;
    const AccessTo& access_to_;
    const Authority authority_;
    std::map<std::string, ClientPtr> clients_;
};

} // namespace cang::transfer
