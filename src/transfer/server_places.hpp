// The places that the running server reaches: its own warehouse and remote registries. One for each operation: it keeps
// one client for each registry, so that the copies of an operation share connections and tokens.
#pragma once

#include "distribution/registry_client.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "transfer/authority.hpp"
#include "transfer/places.hpp"

#include <map>

namespace cang::transfer {

// How a registry ("host[:port]") is reached and who we are there; nullopt for one that nobody stored, which is reached
// by https and anonymously.
using FindAccess = std::function<awaitable<std::optional<distribution::RegistryOptions>>(std::string host)>;

class ServerPlaces final : public Places {
public:
    // Warehouse and `find_access` outlive it. `executor` is the one that its methods are called on. Places that
    // `authority` does not allow are not opened.
    ServerPlaces(asio::any_io_executor executor, warehouse::Warehouse& warehouse, const FindAccess& find_access,
                 Authority authority = {})
        : executor_(std::move(executor)), warehouse_(warehouse), find_access_(find_access),
          authority_(std::move(authority)) {}

    awaitable<OpenPlace<image::Source>> open_source(image::PlaceName name) override;
    awaitable<OpenPlace<image::Sink>> open_sink(image::PlaceName name) override;
    awaitable<OpenPlace<image::Listing>> open_listing(image::PlaceName name) override;

private:
    using ClientPtr = std::shared_ptr<distribution::RegistryClient>;
    awaitable<ClientPtr> client_of(std::string registry);

    asio::any_io_executor executor_;
    warehouse::Warehouse& warehouse_;
    const FindAccess& find_access_;
    const Authority authority_;
    std::map<std::string, ClientPtr> clients_;
};

} // namespace cang::transfer
