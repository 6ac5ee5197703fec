#include "registry/auth/account.hpp"

#include "base/error.hpp"
#include "registry/auth/credentials.hpp"
#include "registry/auth/login_limiter.hpp"
#include "testing/fake_clock.hpp"
#include "testing/temp_dir.hpp"
#include "vault/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace cang::registry::auth {
namespace {

class AccountTest : public ::testing::Test {
protected:
    std::filesystem::path password_file(const std::string& text) {
        vault::put_secret_file(directory / "password", Secret(text));
        return directory / "password";
    }
    static unsigned mode_of(const std::filesystem::path& path) {
        struct stat status{};
        ::stat(path.c_str(), &status);
        return status.st_mode & 0777;
    }
    testing::TempDir directory;
};

TEST_F(AccountTest, MakesUpAPasswordOnce) {
    Account first(directory.path(), {});
    ASSERT_TRUE(first.generated_password());
    EXPECT_EQ(first.generated_password()->reveal().size(), 32U);
    Account second(directory.path(), {});
    EXPECT_FALSE(second.generated_password());
    EXPECT_TRUE(second.verify("admin", *first.generated_password()));
    EXPECT_EQ(first.epoch(), second.epoch());
}

TEST_F(AccountTest, NeverStoresThePassword) {
    Account account(directory.path(), {});
    auto stored = vault::find_secret_file(directory / "admin.hash");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->reveal().find(account.generated_password()->reveal()), std::string::npos);
    EXPECT_TRUE(stored->reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << stored->reveal();
    EXPECT_EQ(mode_of(directory / "admin.hash"), 0600U);
}

TEST_F(AccountTest, TakesThePasswordOfTheFileFromThenOn) {
    Account first(directory.path(), {});
    Account second(directory.path(), password_file("s3cret\r\n"));
    EXPECT_TRUE(second.verify("admin", Secret("s3cret")));
    EXPECT_FALSE(second.verify("admin", *first.generated_password()));
    EXPECT_NE(first.epoch(), second.epoch());
    Account third(directory.path(), {});
    EXPECT_TRUE(third.verify("admin", Secret("s3cret")));
}

TEST_F(AccountTest, RefusesAnEmptyOrMissingPasswordFile) {
    auto message = [&](const std::filesystem::path& file) {
        try {
            Account account(directory.path(), file);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string();
    };
    EXPECT_EQ(message(password_file("\n")), "the administrator's password file is empty");
    EXPECT_EQ(message(directory / "nothing"), "the administrator's password file does not exist");
}

TEST_F(AccountTest, RemembersOnlyWhatItVerified) {
    Account first(directory.path(), {});
    Account account(directory.path(), {});
    const auto& password = *first.generated_password();
    EXPECT_FALSE(account.remembers("admin", password));
    EXPECT_FALSE(account.verify("root", password));
    EXPECT_FALSE(account.verify("admin", Secret("wrong")));
    EXPECT_FALSE(account.remembers("admin", password));
    EXPECT_TRUE(account.verify("admin", password));
    EXPECT_TRUE(account.remembers("admin", password));
    EXPECT_FALSE(account.remembers("admin", Secret("wrong")));
}

TEST_F(AccountTest, KeepsAKeyForGoodAndToItself) {
    auto key = vault::ensure_key_file(directory / "token.key");
    EXPECT_EQ(key.reveal().size(), 64U);
    EXPECT_EQ(vault::ensure_key_file(directory / "token.key").reveal(), key.reveal());
    EXPECT_EQ(mode_of(directory / "token.key"), 0600U);
}

TEST(LoginLimiterTest, BlocksAnAddressForTheRestOfItsMinute) {
    testing::FakeClock clock;
    LoginLimiter limiter(clock);
    for (int i = 0; i < LoginLimiter::max_failures; ++i) {
        EXPECT_FALSE(limiter.blocked("10.0.0.1"));
        limiter.add_failure("10.0.0.1");
    }
    clock.advance(std::chrono::seconds(20));
    EXPECT_EQ(limiter.blocked("10.0.0.1"), std::chrono::seconds(40));
    EXPECT_FALSE(limiter.blocked("10.0.0.2"));
    clock.advance(std::chrono::seconds(40));
    EXPECT_FALSE(limiter.blocked("10.0.0.1"));
}

TEST(LoginLimiterTest, RemembersABoundedNumberOfAddresses) {
    testing::FakeClock clock;
    LoginLimiter limiter(clock);
    for (int i = 0; i < LoginLimiter::max_failures; ++i)
        limiter.add_failure("the first");
    clock.advance(std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < LoginLimiter::max_addresses; ++i)
        limiter.add_failure(std::to_string(i));
    EXPECT_FALSE(limiter.blocked("the first"));
}

TEST(AuthorizationParse, ReadsBasicAndBearer) {
    auto basic = parse_authorization("basic YWRtaW46YTpi");
    ASSERT_TRUE(std::holds_alternative<BasicCredentials>(basic));
    EXPECT_EQ(std::get<BasicCredentials>(basic).user, "admin");
    EXPECT_EQ(std::get<BasicCredentials>(basic).password.reveal(), "a:b");
    auto bearer = parse_authorization("Bearer  abc");
    ASSERT_TRUE(std::holds_alternative<BearerCredentials>(bearer));
    EXPECT_EQ(std::get<BearerCredentials>(bearer).token.reveal(), "abc");
}

TEST(AuthorizationParse, TellsNoneFromBad) {
    EXPECT_TRUE(std::holds_alternative<NoCredentials>(parse_authorization("")));
    for (const auto* text : {"Basic", "Basic !!", "Basic YWRtaW4=", "Digest x", "YWRtaW46YTpi"})
        EXPECT_TRUE(std::holds_alternative<BadCredentials>(parse_authorization(text))) << text;
}

} // namespace
} // namespace cang::registry::auth
