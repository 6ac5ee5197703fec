#include "base/oci/digest.hpp"

#include <gtest/gtest.h>
#include <unordered_set>

namespace cang::oci {

namespace {

const std::string kAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kAbc512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feeb"
    "bd454d4423643ce80e2a9ac94fa54ca49f";

std::string reason_of(std::string_view text) {
    auto digest = Digest::parse(text);
    return digest ? "parsed" : digest.error().to_string();
}

} // namespace

TEST(Digest, IsOfNothingByDefault) { EXPECT_EQ(Digest(), Digest::of("")); }

TEST(Digest, HashesBytesWithBothAlgorithms) {
    EXPECT_EQ(Digest::of("abc").to_string(), kAbc);
    EXPECT_EQ(Digest::of("abc", DigestAlgorithm::sha512).to_string(), kAbc512);
}

TEST(Digest, SurvivesPrintingAndParsing) {
    for (const auto& text : {kAbc, kAbc512}) {
        auto digest = Digest::parse(text);
        ASSERT_TRUE(digest) << text;
        EXPECT_EQ(digest->to_string(), text);
    }
    EXPECT_EQ(Digest::parse(kAbc512)->algorithm(), DigestAlgorithm::sha512);
    EXPECT_EQ(Digest::parse(kAbc)->short_hex(), "ba7816bf8f01");
}

TEST(Digest, OrdersAndHashesByValue) {
    EXPECT_LT(Digest::of("abc"), Digest::of("abc", DigestAlgorithm::sha512));
    std::unordered_set<Digest> set{Digest::of("a"), Digest::of("b"), Digest::of("a")};
    EXPECT_EQ(set.size(), 2u);
}

TEST(DigestParse, SaysWhatIsWrong) {
    EXPECT_EQ(reason_of(""), "a digest is written algorithm:hex (at character 1)");
    EXPECT_EQ(reason_of("sha256"), "a digest is written algorithm:hex (at character 1)");
    EXPECT_EQ(reason_of("md5:d41d8cd98f00b204e9800998ecf8427e"),
              "the digest algorithm \"md5\" is not supported (sha256 and sha512 are) (at character 1)");
    EXPECT_EQ(reason_of("SHA256:" + kAbc.substr(7)),
              "the digest algorithm \"SHA256\" is not supported (sha256 and sha512 are) (at character 1)");
    EXPECT_EQ(reason_of("sha256:abc"), "a sha256 digest has 64 hex digits, not 3 (at character 8)");
    EXPECT_EQ(reason_of("sha256:"), "a sha256 digest has 64 hex digits, not 0 (at character 8)");
    EXPECT_EQ(reason_of("sha512:" + kAbc.substr(7)), "a sha512 digest has 128 hex digits, not 64 (at character 8)");
    EXPECT_EQ(reason_of(kAbc + "0"), "a sha256 digest has 64 hex digits, not 65 (at character 8)");
    EXPECT_EQ(reason_of("sha256:bA" + kAbc.substr(9)), "a digest is written in lower-case hex (at character 9)");
    EXPECT_EQ(reason_of("sha256:../../etc/passwd"), "a digest is written in lower-case hex (at character 8)");
}

TEST(DigestParse, MakesForeignTextHarmlessInMessages) {
    EXPECT_EQ(
        reason_of(std::string("\x1b[31m\n\"\0", 8) + ":00"),
        "the digest algorithm \"\\x1b[31m\\x0a\\x22\\x00\" is not supported (sha256 and sha512 are) (at character 1)");
    EXPECT_LT(reason_of(std::string(1'000'000, 'x') + ":00").size(), 200u);
}

TEST(RequireDigest, ThrowsWithTheSpecificationsCode) {
    EXPECT_EQ(require_digest(kAbc).to_string(), kAbc);
    try {
        require_digest("sha256:zz");
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.code(), "DIGEST_INVALID");
        EXPECT_EQ(error.message(),
                  "\"sha256:zz\" is not a digest: a digest is written in lower-case hex (at character 8)");
    }
}

} // namespace cang::oci
