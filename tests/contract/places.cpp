#include "contract/place_contract.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/validate.hpp"
#include "testing/peer_registry.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::contract {

PlaceFactory memory_place();
PlaceFactory oci_layout_place();
PlaceFactory oci_archive_place();
PlaceFactory docker_archive_place();
PlaceFactory warehouse_place();
PlaceFactory registry_place();
PlaceFactory docker_host_place();
bool has_docker_host();

const std::vector<PlaceFactory>& place_factories() {
    static const std::vector<PlaceFactory> table = [] {
        std::vector<PlaceFactory> places{
            memory_place(), oci_layout_place(), oci_archive_place(), docker_archive_place(), warehouse_place(),
        };
        if (testing::PeerRegistry::installed()) // else there is nothing to test against
            places.push_back(registry_place());
        if (has_docker_host())
            places.push_back(docker_host_place());
        return places;
    }();
    return table;
}

void with_place(const PlaceFactory& factory, const std::function<awaitable<void>(Place&)>& body) {
    testing::run_async([&]() -> awaitable<void> {
        auto place = co_await factory.make();
        co_await body(*place);
        co_await place->close();
    });
}

awaitable<std::optional<oci::Descriptor>> look(Place& place, std::string name) {
    auto reference = place.reference(name);
    try {
        auto source = co_await place.open_source();
        co_return co_await source->find(reference);
    } catch (const Error& error) {
        // A layout that was begun and never committed to has no index.
        if (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::corrupt)
            throw;
    }
    co_return std::nullopt;
}

awaitable<image::CopyResult> deliver(Place& place, image::ImageContent content, std::string name) {
    image::MemoryPlace memory;
    auto from = *oci::Reference::parse("memory/" + name);
    memory.add(from, content);
    image::CopyOptions options;
    options.first_delay = std::chrono::milliseconds(0);
    options.force = true;
    image::CopyProgress silent;
    auto to = place.reference(name);
    auto result = co_await image::copy(memory, from, place.sink(), to, options, silent);
    co_return result;
}

awaitable<std::vector<std::string>> validate(Place& place, std::string name) {
    auto source = co_await place.open_source();
    auto reference = place.reference(name);
    auto root = co_await source->find(reference);
    if (!root)
        co_return std::vector<std::string>{name + " is not there"};
    async::BlockingPool pool(1);
    auto violations = co_await image::validate(*source, *root, pool);
    co_return violations;
}

awaitable<oci::Digest> config_digest(Place& place, std::string name) {
    auto source = co_await place.open_source();
    auto reference = place.reference(name);
    auto root = co_await source->find(reference);
    if (!root)
        co_return oci::Digest();
    auto manifest = co_await source->get_manifest(*root);
    co_return manifest.config() ? manifest.config()->digest : oci::Digest();
}

} // namespace cang::contract
