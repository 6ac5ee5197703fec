#include "http/origin.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

TEST(OriginOf, ComparesHostAndPort) {
    EXPECT_TRUE(is_origin_of("http://images.example:5000", "images.example:5000"));
    EXPECT_TRUE(is_origin_of("https://Images.Example", "images.example"));
    EXPECT_TRUE(is_origin_of("http://[::1]:5000", "[::1]:5000"));
    EXPECT_FALSE(is_origin_of("http://images.example:5001", "images.example:5000"));
    EXPECT_FALSE(is_origin_of("http://evil.example", "images.example"));
    EXPECT_FALSE(is_origin_of("http://images.example.evil.example", "images.example"));
    EXPECT_FALSE(is_origin_of("http://evil.example/images.example", "images.example"));
}

TEST(OriginOf, KnowsTheDefaultPorts) {
    EXPECT_TRUE(is_origin_of("https://images.example", "images.example:443"));
    EXPECT_TRUE(is_origin_of("http://images.example:80", "images.example"));
    EXPECT_FALSE(is_origin_of("http://images.example", "images.example:443"));
}

TEST(OriginOf, IsNobodyWhenOpaqueOrMalformed) {
    for (const char* origin : {"", "null", "images.example", "ftp://images.example", "file://images.example", "://"})
        EXPECT_FALSE(is_origin_of(origin, "images.example")) << origin;
    EXPECT_FALSE(is_origin_of("http://", ""));
}

} // namespace
} // namespace cang::http
