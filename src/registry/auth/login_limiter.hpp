// Counts failed sign-ins per client address. Thread-safe.
#pragma once

#include "base/clock.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace cang::registry::auth {

class LoginLimiter {
public:
    static constexpr int max_failures = 10; // of one address within the window
    static constexpr std::chrono::seconds window{60};
    static constexpr std::size_t max_addresses = 10'000; // the oldest windows are forgotten first

    explicit LoginLimiter(const Clock& clock) : clock_(clock) {}

    // How long the address has to wait; nullopt when it may try.
    std::optional<std::chrono::milliseconds> blocked(const std::string& address);
    void add_failure(const std::string& address);

private:
    struct Entry {
        int failures = 0;
        Timestamp ends;
    };
    void forget_ended(Timestamp now);

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

} // namespace cang::registry::auth
