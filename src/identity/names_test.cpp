#include "identity/names.hpp"

#include "base/error.hpp"
#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace cang::identity {
namespace {

TEST(NamesFromElsewhere, BecomeOnesThatAreTaken) {
    EXPECT_EQ(user_name_of("alice@example.com"), "alice@example.com");
    EXPECT_EQ(user_name_of("Alice Müller"), "Alice-M--ller");
    EXPECT_EQ(user_name_of("--x"), "x");
    EXPECT_EQ(user_name_of(""), "user");
    EXPECT_EQ(user_name_of("///"), "user");
    for (auto text : {std::string(10'000, 'x'), std::string("\0\x01 robot$ci", 11), std::string("../../etc")})
        EXPECT_NO_THROW(require_user_name(user_name_of(text))) << text;
    EXPECT_LE(user_name_of(std::string(10'000, 'x')).size() + 8, kMaxName) << "room for a number";
}

TEST(LabelsFromElsewhere, BecomeOnesThatAreTaken) {
    EXPECT_EQ(label_of("Rosa\r\nX"), "RosaX");
    for (auto text : {std::string(10'000, 'x'), std::string("a\xc3"), std::string(254, 'x') + "\xc3\xbc",
                      std::string("\xff\xfe"), std::string("\x7f")})
        EXPECT_NO_THROW(require_label("x", label_of(text)));
    EXPECT_TRUE(is_utf8(label_of(std::string(254, 'x') + "\xc3\xbc")));
}

} // namespace
} // namespace cang::identity
