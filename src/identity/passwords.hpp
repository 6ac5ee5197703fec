// Passwords as argon2id hashes, and the quick recognition of those that were right a moment ago. Thread-safe.
#pragma once

#include "base/secret.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

namespace cang::identity {

inline constexpr std::size_t kMinPasswordBytes = 8;
inline constexpr std::size_t kMaxPasswordBytes = 1024;

class Passwords {
public:
    Passwords();

    static std::string hash(const Secret& password);
    // What people choose: throws Error{invalid_argument} for one that is too short or too long.
    static void require_good(const Secret& password);
    // Made up: 128 bits.
    static Secret generate();

    // True when these were verified before, against the same hash: fast, takes no part in rate limits.
    bool remembers(std::string_view user, const Secret& password, const std::string& hash) const;
    // Runs argon2id (tens of milliseconds, 19 MiB): not for an event loop. With an empty hash it takes as long, and is
    // false: the answer's time must not tell whether there is such a user. Throws Error{rate_limited} when too many
    // verifications run already, so that sign-ins can't take all threads.
    bool verify(std::string_view user, const Secret& password, const std::string& hash);

private:
    std::string fingerprint(std::string_view user, const Secret& password, const std::string& hash) const;

    std::string fingerprint_key_;
    std::once_flag made_nobody_;
    std::string nobody_; // the hash of a password that nobody knows
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::string> remembered_; // by user
    std::atomic<int> verifying_{0};
};

} // namespace cang::identity
