#include "image/places/dockerhost/engine_chains.hpp"

#include "async/for_each_limit.hpp"

#include <algorithm>
#include <array>

namespace cang::dockerhost {

namespace {

constexpr std::size_t kConcurrentRequests = 6;

// containerd's snapshotters go by other names ("overlayfs", "native", "stargz").
constexpr std::array<std::string_view, 7> kClassicDrivers = {"overlay2",       "vfs",          "btrfs", "zfs",
                                                             "fuse-overlayfs", "devicemapper", "aufs"};

} // namespace

bool may_leave_out_layers(const docker::EngineVersion& version, const docker::EngineStatus& status) {
    const bool is_docker = version.product.empty() || version.product == "Engine";
    return is_docker && std::ranges::find(kClassicDrivers, status.storage_driver) != kClassicDrivers.end();
}

awaitable<std::set<oci::Digest>> list_chains(docker::Images& images) {
    const auto summaries = co_await images.list(true);
    std::set<oci::Digest> chains;
    const std::function<awaitable<void>(std::size_t)> add = [&](std::size_t i) -> awaitable<void> {
        const auto image = co_await images.find(summaries[i].id.to_string());
        if (!image) // removed meanwhile
            co_return;
        for (auto& chain : oci::chain_ids(image->diff_ids))
            chains.insert(std::move(chain));
    };
    co_await async::for_each_index(summaries.size(), kConcurrentRequests, add);
    co_return chains;
}

std::vector<bool> known_layers(const std::vector<oci::Digest>& diff_ids, const std::set<oci::Digest>& chains) {
    const auto wanted = oci::chain_ids(diff_ids);
    std::set<oci::Digest> lacking;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!chains.contains(wanted[i]))
            lacking.insert(diff_ids[i]);
    std::vector<bool> known;
    for (const auto& diff_id : diff_ids)
        known.push_back(!lacking.contains(diff_id));
    return known;
}

} // namespace cang::dockerhost
