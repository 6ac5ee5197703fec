// Counts failed sign-ins: of a client address, or for an account from anywhere. Thread-safe.
#pragma once

#include "base/clock.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace cang::identity {

class LoginLimiter {
public:
    static constexpr int max_failures = 10;         // of one address within the window
    static constexpr int max_account_failures = 50; // for one account: more, as strangers can lock its owner out
    static constexpr std::chrono::seconds window{60};
    static constexpr std::size_t max_addresses = 10'000; // the oldest windows are forgotten first

    explicit LoginLimiter(const Clock& clock, int most = max_failures) : clock_(clock), most_(most) {}

    // How long the address, or who wants to be that account, has to wait; nullopt when they may try.
    std::optional<std::chrono::milliseconds> blocked(const std::string& address);
    void add_failure(const std::string& address);

private:
    struct Entry {
        int failures = 0;
        Timestamp ends;
    };
    void forget_ended(Timestamp now);

    const Clock& clock_;
    int most_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

} // namespace cang::identity
