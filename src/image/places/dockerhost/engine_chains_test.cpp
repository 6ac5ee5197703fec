#include "image/places/dockerhost/engine_chains.hpp"

#include <gtest/gtest.h>

namespace cang::dockerhost {
namespace {

std::vector<oci::Digest> layers(std::string_view names) {
    std::vector<oci::Digest> digests;
    for (const char name : names)
        digests.push_back(oci::Digest::of(std::string_view(&name, 1)));
    return digests;
}

std::set<oci::Digest> chains_of(std::string_view names) {
    const auto ids = oci::chain_ids(layers(names));
    return {ids.begin(), ids.end()};
}

TEST(EngineChains, LeaveOutACommonPrefix) {
    EXPECT_EQ(known_layers(layers("abc"), chains_of("abd")), (std::vector<bool>{true, true, false}));
    EXPECT_EQ(known_layers(layers("abc"), chains_of("abcd")), (std::vector<bool>{true, true, true}));
    EXPECT_EQ(known_layers(layers("abc"), {}), (std::vector<bool>{false, false, false}));
}

TEST(EngineChains, SendALayerThatStandsElsewhereInTheChain) {
    EXPECT_EQ(known_layers(layers("bc"), chains_of("abc")), (std::vector<bool>{false, false}));
    // "a" is known at the bottom and lacking on top: one file in the archive serves both.
    EXPECT_EQ(known_layers(layers("aba"), chains_of("ab")), (std::vector<bool>{false, true, false}));
}

TEST(EngineChains, TrustOnlyDockersOwnStorage) {
    docker::EngineVersion version;
    docker::EngineStatus status;
    version.product = "Engine";
    status.storage_driver = "overlay2";
    EXPECT_TRUE(may_leave_out_layers(version, status));
    status.storage_driver = "overlayfs";
    EXPECT_FALSE(may_leave_out_layers(version, status));
    status.storage_driver = "vfs";
    version.product = "Podman Engine";
    EXPECT_FALSE(may_leave_out_layers(version, status));
}

} // namespace
} // namespace cang::dockerhost
