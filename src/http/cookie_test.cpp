#include "http/cookie.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

TEST(FindCookie, TakesTheFirstOfTheName) {
    EXPECT_EQ(find_cookie("a=1; session=abc.def-_; b=2", "session"), "abc.def-_");
    EXPECT_EQ(find_cookie("session=first; session=second", "session"), "first");
    EXPECT_EQ(find_cookie("session=a=b==", "session"), "a=b==");
    EXPECT_EQ(find_cookie("session=", "session"), "");
}

TEST(FindCookie, ForgivesSpacesAndQuotes) {
    EXPECT_EQ(find_cookie("a=1;session = \"x\" ;b=2", "session"), "x");
    EXPECT_EQ(find_cookie("session=\"", "session"), "\"");
    EXPECT_EQ(find_cookie(";;  ; =; session=x", "session"), "x");
}

TEST(FindCookie, WantsTheWholeName) {
    for (const char* header : {"", "session", "my_session=x", "session2=x", "Session=x", "a=session=x", "; ;"})
        EXPECT_FALSE(find_cookie(header, "session")) << header;
}

} // namespace
} // namespace cang::http
