#include "base/secret.hpp"

#include <gtest/gtest.h>

namespace cang {

TEST(Secret, NeverPrints) { EXPECT_EQ(fmt::format("token={}", Secret("hunter2")), "token=[secret]"); }

TEST(Secret, ComparesByValue) {
    Secret secret("hunter2");
    EXPECT_TRUE(secret.equals("hunter2"));
    for (auto wrong : {"", "hunter", "hunter3", "hunter22", "hunter2hunter2"})
        EXPECT_FALSE(secret.equals(wrong)) << wrong;
    EXPECT_TRUE(Secret().equals(""));
    EXPECT_FALSE(Secret().equals("x"));
    EXPECT_EQ(secret.reveal(), "hunter2");
}

} // namespace cang
