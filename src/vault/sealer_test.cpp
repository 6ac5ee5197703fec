#include "vault/sealer.hpp"

#include "base/error.hpp"
#include "testing/temp_dir.hpp"
#include "vault/key_file.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace cang::vault {
namespace {

namespace fs = std::filesystem;

class SealerTest : public ::testing::Test {
protected:
    Error failure_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            return error;
        }
        ADD_FAILURE() << "nothing was thrown";
        return Error(ErrorKind::internal, "");
    }

    cang::testing::TempDir directory;
    fs::path file = directory / "secrets.key";
};

TEST_F(SealerTest, OpensWhatItSealed) {
    Sealer sealer(file);
    for (std::string text : {"", "hunter2", "passwörd \n"}) {
        auto sealed = sealer.seal(Secret(text), "a");
        EXPECT_TRUE(sealed.starts_with("v1."));
        EXPECT_EQ(sealer.open(sealed, "a").reveal(), text);
    }
}

TEST_F(SealerTest, HidesThatTwoSecretsAreEqual) {
    Sealer sealer(file);
    EXPECT_NE(sealer.seal(Secret("hunter2"), "a"), sealer.seal(Secret("hunter2"), "a"));
}

TEST_F(SealerTest, MakesTheKeyOnceForItsOwnerOnly) {
    auto sealed = Sealer(file).seal(Secret("hunter2"), "a");
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(Sealer(file).open(sealed, "a").reveal(), "hunter2");
}

TEST_F(SealerTest, RefusesAKeyThatOthersCanRead) {
    Sealer sealer(file);
    for (auto others : {fs::perms::group_read, fs::perms::others_read}) {
        fs::permissions(file, others, fs::perm_options::add);
        auto error = failure_of([&] { Sealer again(file); });
        EXPECT_EQ(error.kind(), ErrorKind::permission_denied);
        EXPECT_EQ(error.message(), "secrets.key may be read by others than its owner\n"
                                   "run chmod 600 on it in the data directory");
        fs::permissions(file, others, fs::perm_options::remove);
    }
}

TEST_F(SealerTest, NeverReplacesAKeyThatIsThere) {
    put_secret_file(file, Secret("cut off"));
    auto error = failure_of([&] { Sealer sealer(file); });
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_EQ(error.message(), "secrets.key does not hold a key of 64 hex digits\n"
                               "put the right file back into the data directory");
    EXPECT_EQ(find_secret_file(file)->reveal(), "cut off");
}

TEST_F(SealerTest, OpensNothingForAnotherPurposeOrWithAnotherKey) {
    Sealer sealer(file);
    auto sealed = sealer.seal(Secret("hunter2"), "a");
    Sealer other(directory / "other.key");
    for (const auto& open : {std::function<void()>([&] { sealer.open(sealed, "b"); }),
                             std::function<void()>([&] { other.open(sealed, "a"); })}) {
        auto error = failure_of(open);
        EXPECT_EQ(error.kind(), ErrorKind::corrupt);
        EXPECT_EQ(error.message(), "a stored secret cannot be opened: it was sealed with another secrets.key\n"
                                   "put that file back into the data directory, or give the secret again");
    }
}

TEST_F(SealerTest, OpensNothingThatWasTouched) {
    Sealer sealer(file);
    auto sealed = sealer.seal(Secret("hunter2"), "a");
    std::vector<std::string> broken{
        "", "v1.", "v1.AAAA", "v2" + sealed.substr(2), sealed.substr(3), "v1.!!!", sealed.substr(0, sealed.size() - 4)};
    for (std::size_t i = 3; i < sealed.size(); i += 7) {
        auto changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        broken.push_back(changed);
    }
    for (const auto& text : broken)
        EXPECT_EQ(failure_of([&] { sealer.open(text, "a"); }).kind(), ErrorKind::corrupt) << text;
}

TEST_F(SealerTest, RefusesWhatIsNoShortSecret) {
    Sealer sealer(file);
    auto error = failure_of([&] { sealer.seal(Secret(std::string(16 * 1024 + 1, 'x')), "a"); });
    EXPECT_EQ(error.message(), "a secret has at most 16384 bytes");
}

} // namespace
} // namespace cang::vault
