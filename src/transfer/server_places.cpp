#include "transfer/server_places.hpp"

#include "image/places/registry/registry_sink.hpp"
#include "image/places/registry/registry_source.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"
#include "image/places/warehouse/warehouse_source.hpp"

#include <fmt/format.h>

namespace cang::transfer {

namespace {

void check_reachable(const image::PlaceName& name) {
    if (name.is_file() || name.kind == image::PlaceKind::docker_daemon)
        throw Error(ErrorKind::unsupported, "the server copies between registries, uploads and its warehouse only");
}

} // namespace

awaitable<ServerPlaces::ClientPtr> ServerPlaces::client_of(std::string registry) {
    auto known = clients_.find(registry);
    if (known != clients_.end())
        co_return known->second;
    auto options = co_await access_to_(registry);
    if (options.http.user_agent.empty())
        options.http.user_agent = fmt::format("cang/{}", CANG_VERSION);
    // Another image of the operation may have been faster.
    auto& client = clients_[registry];
    if (!client)
        client = std::make_shared<distribution::RegistryClient>(executor_, registry, std::move(options));
    co_return client;
}

awaitable<OpenPlace<image::Source>> ServerPlaces::open_source(image::PlaceName name) {
    check_reachable(name);
    co_await authority_.require_read(name);
    OpenPlace<image::Source> open{.keep = {}, .place = nullptr, .reference = name.reference.value()};
    if (name.kind == image::PlaceKind::registry) {
        auto client = co_await client_of(open.reference.registry);
        open.place = std::make_unique<image::RegistrySource>(std::move(client), open.reference.repository);
    } else {
        open.place = std::make_unique<warehouse::WarehouseSource>(warehouse_, open.reference.repository);
    }
    co_return open;
}

awaitable<OpenPlace<image::Sink>> ServerPlaces::open_sink(image::PlaceName name) {
    check_reachable(name);
    co_await authority_.require_write(name);
    OpenPlace<image::Sink> open{.keep = {}, .place = nullptr, .reference = name.reference.value()};
    if (name.kind == image::PlaceKind::registry) {
        auto client = co_await client_of(open.reference.registry);
        open.place = std::make_unique<image::RegistrySink>(std::move(client));
    } else {
        auto writer = co_await authority_.writer();
        open.place = std::make_unique<warehouse::WarehouseSink>(warehouse_, std::move(writer));
    }
    co_return open;
}

awaitable<OpenPlace<image::Listing>> ServerPlaces::open_listing(image::PlaceName name) {
    check_reachable(name);
    co_await authority_.require_list(name);
    OpenPlace<image::Listing> open{.keep = {}, .place = nullptr, .reference = name.reference.value()};
    if (name.kind == image::PlaceKind::registry) {
        auto client = co_await client_of(open.reference.registry);
        open.place = std::make_unique<image::RegistrySource>(std::move(client), open.reference.repository);
    } else {
        open.place = std::make_unique<warehouse::WarehouseSource>(warehouse_, open.reference.repository);
    }
    co_return open;
}

} // namespace cang::transfer
