#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <set>

namespace cang {

TEST(Hex, IsLowerCase) {
    EXPECT_EQ(to_hex(as_bytes(std::string_view("\x00\xaf\x10", 3))), "00af10");
    EXPECT_EQ(to_hex({}), "");
}

TEST(Base64, EncodesTheVectorsOfRfc4648) {
    for (auto [text, code] : {std::pair{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(as_bytes(text)), code);
        EXPECT_EQ(from_base64(code), text);
    }
}

TEST(Base64, ReadsBothAlphabetsAndMissingPadding) {
    EXPECT_EQ(from_base64("-_8"), "\xfb\xff");
    EXPECT_EQ(from_base64("+/8="), "\xfb\xff");
}

TEST(Base64, RefusesWhatIsNone) {
    for (auto wrong : {"A", "AAAAA", "A B=", "Zg=A", "Zm9v\n", "ä"})
        EXPECT_FALSE(from_base64(wrong)) << wrong;
}

TEST(HumanBytes, UsesDecimalUnits) {
    EXPECT_EQ(human_bytes(0), "0 B");
    EXPECT_EQ(human_bytes(999), "999 B");
    EXPECT_EQ(human_bytes(1000), "1.0 kB");
    EXPECT_EQ(human_bytes(99'900), "99.9 kB");
    EXPECT_EQ(human_bytes(123'456), "123 kB");
    EXPECT_EQ(human_bytes(999'600), "1.0 MB");
    EXPECT_EQ(human_bytes(1'400'000'000), "1.4 GB");
    EXPECT_EQ(human_bytes(UINT64_MAX), "18447 PB");
}

TEST(RandomHex, HasTheLengthAndDoesNotRepeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        auto text = random_hex(16);
        EXPECT_EQ(text.size(), 32u);
        EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
        EXPECT_TRUE(seen.insert(text).second);
    }
}

} // namespace cang
