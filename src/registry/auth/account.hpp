// The administrator's account: one name, one password, kept as an argon2id hash in <data>/admin.hash.
//
// All methods may be called from any thread.
#pragma once

#include "base/secret.hpp"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace cang::registry::auth {

class Account {
public:
    static constexpr std::string_view name = "admin";

    // `password_file` (may be empty) holds the password to use from now on; trailing line breaks are not part of it.
    // Without it, the stored hash counts; without that, a password is generated. Throws Error{invalid_argument} for an
    // empty password, Error{not_found} when the named file is missing.
    Account(const std::filesystem::path& data_directory, const std::filesystem::path& password_file);

    // Only in the process that made it up.
    const std::optional<Secret>& generated_password() const noexcept { return generated_; }

    // True when these were verified before: fast, takes no part in rate limits.
    bool remembers(std::string_view user, const Secret& password) const;
    // Runs argon2id (tens of milliseconds, 19 MiB): not for an event loop. Throws Error{rate_limited} when too many
    // verifications run already, so that sign-ins can't take all threads.
    bool verify(std::string_view user, const Secret& password);

    // Changes with the password: what was issued for an older one is void.
    const std::string& epoch() const noexcept { return epoch_; }

private:
    void store(const Secret& password, const std::filesystem::path& path);
    std::string fingerprint(std::string_view user, const Secret& password) const;

    std::string hash_;
    std::string epoch_;
    std::optional<Secret> generated_;
    std::string fingerprint_key_;
    mutable std::mutex mutex_;
    std::string remembered_; // fingerprint of the credentials that passed last
    std::atomic<int> verifying_{0};
};

} // namespace cang::registry::auth
