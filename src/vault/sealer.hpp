// Seals short secrets, so that whoever reads the database cannot read them: XSalsa20-Poly1305 with a random nonce,
// under a key that lies in a file beside the database, not in it.
//
// The key is changed in three steps, each of which may be the last before a crash: add_key(), seal everything again,
// drop_old_keys(). The newest key seals, every one in the file opens.
#pragma once

#include "base/secret.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace cang::vault {

// May be used from any thread.
class Sealer {
public:
    // Reads the key; makes it when there is none. Throws Error{permission_denied} when others than the owner may read
    // the file, Error{corrupt} when it holds no key.
    explicit Sealer(const std::filesystem::path& key_file);

    // Text that is safe to store. `purpose` says whose secret it is, and is needed to open it again: a sealed text that
    // was moved to another row is worth nothing. Throws Error{invalid_argument} above 16 KiB.
    std::string seal(const Secret& secret, std::string_view purpose) const;
    // Throws Error{corrupt} for a text that was not sealed with this key for this purpose.
    Secret open(std::string_view sealed, std::string_view purpose) const;
    // Whether the newest key sealed it.
    bool is_newest(std::string_view sealed, std::string_view purpose) const;

private:
    std::vector<Secret> keys_; // the newest first
};

// Makes a new key the newest of the file. Nothing happens when there is more than one already: an earlier change did
// not end.
void add_key(const std::filesystem::path& key_file);
// Keeps the newest only.
void drop_old_keys(const std::filesystem::path& key_file);

} // namespace cang::vault
