#include "identity/login_limiter.hpp"

#include <algorithm>

namespace cang::identity {

std::optional<std::chrono::milliseconds> LoginLimiter::blocked(const std::string& address) {
    auto now = clock_.now();
    std::lock_guard lock(mutex_);
    auto found = entries_.find(address);
    if (found == entries_.end() || found->second.failures < most_ || found->second.ends <= now)
        return std::nullopt;
    return found->second.ends - now;
}

void LoginLimiter::add_failure(const std::string& address) {
    auto now = clock_.now();
    std::lock_guard lock(mutex_);
    if (entries_.size() >= max_addresses)
        forget_ended(now);
    auto& entry = entries_[address];
    if (entry.ends <= now) {
        entry.failures = 0;
        entry.ends = now + window;
    }
    ++entry.failures;
}

void LoginLimiter::forget_ended(Timestamp now) {
    std::erase_if(entries_, [now](const auto& item) { return item.second.ends <= now; });
    if (entries_.size() < max_addresses)
        return;
    auto oldest = std::ranges::min_element(entries_, {}, [](const auto& item) { return item.second.ends; });
    entries_.erase(oldest);
}

} // namespace cang::identity
