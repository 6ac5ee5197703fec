// A secret of the server's own that lives in a file beside the data: made once, readable by its owner only.
#pragma once

#include "base/secret.hpp"

#include <filesystem>
#include <optional>

namespace cang::vault {

// nullopt when there is no such file. Throws Error when it can't be read or is larger than any secret.
std::optional<Secret> find_secret_file(const std::filesystem::path& path);
// Writes with mode 0600, whole or not at all, also over a crash.
void put_secret_file(const std::filesystem::path& path, const Secret& secret);
// The file's content; random bytes are stored first when it does not exist.
Secret ensure_key_file(const std::filesystem::path& path);

} // namespace cang::vault
