// Keeps the collector away from digests that a push is using, without a lock that a push could feel.
//
// Each digest is in one of three states: free, pinned (any number of users), or being removed (by the collector). A
// pin waits while the digest is being removed, a removal is refused while it is pinned or was touched since the
// cutoff. So whoever holds a pin, and whoever touched within the grace period, sees the digest stay. Thread-safe.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "base/oci/digest.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cang::warehouse {

class DigestGuard {
public:
    class Pin {
    public:
        Pin(DigestGuard& guard, oci::Digest digest) : guard_(&guard), digest_(std::move(digest)) {}
        Pin(Pin&& other) noexcept : guard_(std::exchange(other.guard_, nullptr)), digest_(std::move(other.digest_)) {}
        Pin& operator=(Pin&& other) noexcept {
            std::swap(guard_, other.guard_);
            std::swap(digest_, other.digest_);
            return *this;
        }
        ~Pin() {
            if (guard_)
                guard_->unpin(digest_);
        }

    private:
        DigestGuard* guard_;
        oci::Digest digest_;
    };

    struct Touch {
        oci::Digest digest;
        Timestamp at;
    };

    awaitable<Pin> pin(oci::Digest digest);
    // nullopt while the digest is being removed.
    std::optional<Pin> try_pin(const oci::Digest& digest);
    // False, without a touch, while the digest is being removed.
    bool touch(const oci::Digest& digest, Timestamp now);

    // False when it is pinned, being removed, or was touched at or after `cutoff`.
    bool begin_removal(const oci::Digest& digest, Timestamp cutoff);
    void end_removal(const oci::Digest& digest);

    // Touches held in memory, for whoever writes them down; forget() afterwards those that were written.
    std::vector<Touch> touches();
    void forget(const std::vector<Touch>& written);
    std::size_t touch_count() const noexcept { return touch_count_; }

private:
    struct Entry {
        std::size_t pins = 0;
        bool removing = false;
        std::optional<Timestamp> touched_at;
        std::vector<std::function<void()>> waiting;
        bool idle() const noexcept { return pins == 0 && !removing && !touched_at; }
    };
    struct Stripe {
        std::mutex mutex;
        std::unordered_map<oci::Digest, Entry> entries;
    };
    Stripe& stripe_of(const oci::Digest& digest) {
        return stripes_[std::hash<oci::Digest>{}(digest) % stripes_.size()];
    }
    void unpin(const oci::Digest& digest);
    // Calls `resume` once the digest is not being removed, at once when it is not.
    void when_not_removing(const oci::Digest& digest, std::function<void()> resume);

    std::array<Stripe, 32> stripes_;
    std::atomic<std::size_t> touch_count_{0};
};

} // namespace cang::warehouse
