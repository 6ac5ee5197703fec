#include "http/chunk_decoder.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

// Decodes `input` fed in pieces of `step` bytes; nullopt when it is refused or does not end.
std::optional<std::string> decode(std::string_view input, std::size_t step) {
    ChunkDecoder decoder;
    std::string text;
    while (!input.empty() && !decoder.finished()) {
        auto piece = input.substr(0, step);
        if (auto left = decoder.data_left(); left > 0) {
            piece = piece.substr(0, left);
            text += piece;
            decoder.data_taken(piece.size());
            input.remove_prefix(piece.size());
            continue;
        }
        auto used = decoder.feed(piece);
        if (!used)
            return std::nullopt;
        input.remove_prefix(*used);
    }
    return decoder.finished() ? std::optional(text) : std::nullopt;
}

TEST(ChunkDecoder, GivesTheSameInPiecesOfAnySize) {
    for (std::size_t step = 1; step < 40; ++step) {
        EXPECT_EQ(decode("5\r\nhello\r\n00A;a=\"b\"\r\n, world!!!\r\n0\r\nX: y\r\nZ: w\r\n\r\n", step),
                  "hello, world!!!");
        EXPECT_EQ(decode("0\r\n\r\n", step), "");
    }
}

TEST(ChunkDecoder, StopsAtTheEndOfTheBody) {
    ChunkDecoder decoder;
    EXPECT_EQ(decoder.feed("0\r\n\r\nGET /"), 5U);
    EXPECT_TRUE(decoder.finished());
    EXPECT_EQ(decoder.feed("GET /"), 0U);
}

TEST(ChunkDecoder, SaysWhereTheFramingBreaks) {
    ChunkDecoder decoder;
    auto used = decoder.feed("1g\r\n");
    ASSERT_FALSE(used);
    EXPECT_EQ(used.error().reason, "a chunk's size is malformed");
    EXPECT_EQ(used.error().position, 1U);
}

} // namespace
} // namespace cang::http
