#include "image/places/warehouse/digest_guard.hpp"

#include <boost/asio/post.hpp>

namespace cang::warehouse {

std::optional<DigestGuard::Pin> DigestGuard::try_pin(const oci::Digest& digest) {
    Stripe& stripe = stripe_of(digest);
    std::lock_guard lock(stripe.mutex);
    Entry& entry = stripe.entries[digest];
    if (entry.removing)
        return std::nullopt;
    ++entry.pins;
    return Pin(*this, digest);
}

awaitable<DigestGuard::Pin> DigestGuard::pin(oci::Digest digest) {
    for (;;) {
        if (auto pinned = try_pin(digest))
            co_return std::move(*pinned);
        auto initiate = [this, &digest](auto handler) {
            auto home = asio::get_associated_executor(handler);
            auto work = asio::prefer(home, asio::execution::outstanding_work.tracked);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            when_not_removing(digest, [home, work, shared]() mutable {
                asio::post(home, [work = std::move(work), shared = std::move(shared)] { std::move (*shared)(); });
            });
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
    }
}

void DigestGuard::when_not_removing(const oci::Digest& digest, std::function<void()> resume) {
    {
        Stripe& stripe = stripe_of(digest);
        std::lock_guard lock(stripe.mutex);
        auto found = stripe.entries.find(digest);
        if (found != stripe.entries.end() && found->second.removing) {
            found->second.waiting.push_back(std::move(resume));
            return;
        }
    }
    resume();
}

void DigestGuard::unpin(const oci::Digest& digest) {
    Stripe& stripe = stripe_of(digest);
    std::lock_guard lock(stripe.mutex);
    auto found = stripe.entries.find(digest);
    --found->second.pins;
    if (found->second.idle())
        stripe.entries.erase(found);
}

bool DigestGuard::touch(const oci::Digest& digest, Timestamp now) {
    Stripe& stripe = stripe_of(digest);
    std::lock_guard lock(stripe.mutex);
    Entry& entry = stripe.entries[digest];
    if (entry.removing)
        return false;
    if (!entry.touched_at)
        ++touch_count_;
    entry.touched_at = std::max(now, entry.touched_at.value_or(now));
    return true;
}

bool DigestGuard::begin_removal(const oci::Digest& digest, Timestamp cutoff) {
    Stripe& stripe = stripe_of(digest);
    std::lock_guard lock(stripe.mutex);
    Entry& entry = stripe.entries[digest];
    if (entry.removing || entry.pins > 0 || (entry.touched_at && *entry.touched_at >= cutoff))
        return false;
    if (entry.touched_at)
        --touch_count_;
    entry.touched_at.reset();
    entry.removing = true;
    return true;
}

void DigestGuard::end_removal(const oci::Digest& digest) {
    std::vector<std::function<void()>> waiting;
    {
        Stripe& stripe = stripe_of(digest);
        std::lock_guard lock(stripe.mutex);
        auto found = stripe.entries.find(digest);
        waiting = std::move(found->second.waiting);
        stripe.entries.erase(found);
    }
    for (auto& resume : waiting)
        resume();
}

std::vector<DigestGuard::Touch> DigestGuard::touches() {
    std::vector<Touch> all;
    for (Stripe& stripe : stripes_) {
        std::lock_guard lock(stripe.mutex);
        for (const auto& [digest, entry] : stripe.entries)
            if (entry.touched_at)
                all.push_back({digest, *entry.touched_at});
    }
    return all;
}

void DigestGuard::forget(const std::vector<Touch>& written) {
    for (const Touch& touch : written) {
        Stripe& stripe = stripe_of(touch.digest);
        std::lock_guard lock(stripe.mutex);
        auto found = stripe.entries.find(touch.digest);
        if (found == stripe.entries.end() || found->second.touched_at != touch.at)
            continue; // touched again meanwhile
        found->second.touched_at.reset();
        --touch_count_;
        if (found->second.idle())
            stripe.entries.erase(found);
    }
}

} // namespace cang::warehouse
