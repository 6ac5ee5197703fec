#include "io/hash.hpp"

#include <gtest/gtest.h>

namespace cang::io {
namespace {

using oci::DigestAlgorithm;

constexpr std::string_view kAbc256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kAbc512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274f"
    "c1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(Hash, ComputesTheDigestsOfTheStandard) {
    Hash hash256;
    Hash hash512(DigestAlgorithm::sha512);
    for (std::string_view piece : {"a", "b", "c"}) {
        hash256.update(as_bytes(piece));
        hash512.update(as_bytes(piece));
    }
    EXPECT_EQ(hash256.digest().to_string(), kAbc256);
    EXPECT_EQ(hash512.digest().to_string(), kAbc512);
    EXPECT_EQ(hash256.bytes(), 3U);
}

TEST(Hash, DigestLeavesTheStateAlone) {
    Hash hash;
    hash.update(as_bytes("ab"));
    EXPECT_EQ(hash.digest(), oci::Digest::of("ab"));
    hash.update(as_bytes("c"));
    EXPECT_EQ(hash.digest().to_string(), kAbc256);
}

TEST(Hash, ContinuesFromASavedStateAtEveryOffset) {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += static_cast<char>(i);
    for (auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha512})
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            Hash first(algorithm);
            first.update(as_bytes(text).first(cut));
            auto second = Hash::restore(first.save());
            ASSERT_TRUE(second.has_value());
            second->update(as_bytes(text).subspan(cut));
            ASSERT_EQ(second->digest(), oci::Digest::of(text, algorithm));
            ASSERT_EQ(second->bytes(), text.size());
        }
}

TEST(Hash, RefusesAStateWithAnyBitChangedOrCut) {
    Hash hash;
    hash.update(as_bytes("some bytes"));
    std::string state = hash.save();
    for (std::size_t i = 0; i < state.size(); ++i) {
        std::string damaged = state;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(Hash::restore(damaged).has_value()) << i;
        EXPECT_FALSE(Hash::restore(state.substr(0, i)).has_value()) << i;
    }
}

} // namespace
} // namespace cang::io
