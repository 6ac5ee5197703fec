#include "identity/passwords.hpp"

#include "base/error.hpp"

#include <chrono>
#include <gtest/gtest.h>

namespace cang::identity {
namespace {

class PasswordsTest : public ::testing::Test {
protected:
    Passwords passwords;
};

TEST_F(PasswordsTest, RemembersOnlyWhatItVerified) {
    Secret right("a right one");
    auto hash = Passwords::hash(right);
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_EQ(hash.find(right.reveal()), std::string::npos);
    EXPECT_FALSE(passwords.remembers("alice", right, hash));
    EXPECT_FALSE(passwords.verify("alice", Secret("a wrong one"), hash));
    EXPECT_FALSE(passwords.remembers("alice", Secret("a wrong one"), hash));
    EXPECT_TRUE(passwords.verify("alice", right, hash));
    EXPECT_TRUE(passwords.remembers("alice", right, hash));
    EXPECT_FALSE(passwords.remembers("bob", right, hash));
    EXPECT_FALSE(passwords.remembers("alice", Secret("a wrong one"), hash));
    EXPECT_FALSE(passwords.remembers("alice", right, Passwords::hash(right))) << "it was set anew";
    EXPECT_FALSE(passwords.remembers("alice", right, "")) << "disabled";
}

TEST_F(PasswordsTest, NobodyHasNoPasswordAndItTakesAsLong) {
    EXPECT_FALSE(passwords.verify("nobody", Secret("anything"), ""));
    EXPECT_FALSE(passwords.remembers("nobody", Secret("anything"), ""));
    EXPECT_FALSE(passwords.verify("alice", Secret(""), "no hash"));
}

TEST_F(PasswordsTest, AreOfSomeLength) {
    auto taken = [](std::size_t bytes) {
        try {
            Passwords::require_good(Secret(std::string(bytes, 'x')));
            return std::string("taken");
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
            return error.message();
        }
    };
    EXPECT_EQ(taken(kMinPasswordBytes - 1), "a password has 8 to 1024 bytes");
    EXPECT_EQ(taken(kMinPasswordBytes), "taken");
    EXPECT_EQ(taken(kMaxPasswordBytes), "taken");
    EXPECT_EQ(taken(kMaxPasswordBytes + 1), "a password has 8 to 1024 bytes");
}

TEST_F(PasswordsTest, AreMadeUpAnewEachTime) {
    auto first = Passwords::generate();
    EXPECT_EQ(first.reveal().size(), 32U);
    EXPECT_NE(first.reveal(), Passwords::generate().reveal());
}

} // namespace
} // namespace cang::identity
