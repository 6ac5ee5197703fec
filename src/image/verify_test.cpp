#include "image/verify.hpp"

#include "testing/run_async.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::image {

namespace {

oci::Descriptor describe(std::string_view bytes, oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256) {
    oci::Descriptor descriptor;
    descriptor.digest = oci::Digest::of(bytes, algorithm);
    descriptor.size = bytes.size();
    return descriptor;
}

std::string read(std::string bytes, const oci::Descriptor& descriptor) {
    std::string result;
    auto body = [&]() -> awaitable<void> {
        auto reader = verifying_reader(io::memory_reader(bytes), descriptor);
        result = co_await io::read_all(*reader, 1'000'000);
    };
    try {
        testing::run_async(body);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::corrupt);
        EXPECT_EQ(error.code(), "DIGEST_INVALID");
        return error.message();
    }
    return result;
}

} // namespace

TEST(VerifyingReader, PassesWhatIsRight) {
    EXPECT_EQ(read("content", describe("content")), "content");
    EXPECT_EQ(read("content", describe("content", oci::DigestAlgorithm::sha512)), "content");
    EXPECT_EQ(read("", describe("")), "");
}

TEST(VerifyingReader, RefusesOtherBytes) {
    auto digest = oci::Digest::of("content").to_string();
    EXPECT_EQ(read("cOntent", describe("content")),
              fmt::format("the bytes of blob {} are not what the digest says", digest));
    EXPECT_EQ(read("content!", describe("content")), fmt::format("blob {} has more than 7 bytes", digest));
    EXPECT_EQ(read("conten", describe("content")), fmt::format("blob {} ended after 6 of 7 bytes", digest));
}

} // namespace cang::image
