#include "vault/key_file.hpp"

#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace cang::vault {
namespace {

TEST(KeyFile, IsKeptForGoodAndToItself) {
    testing::TempDir directory;
    auto path = directory / "token.key";
    auto key = ensure_key_file(path);
    EXPECT_EQ(key.reveal().size(), 64U);
    EXPECT_EQ(ensure_key_file(path).reveal(), key.reveal());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

} // namespace
} // namespace cang::vault
