#include "operation/subscription.hpp"

#include "async/sleep.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace cang::operation {

namespace {

constexpr std::size_t kReplayed = 200; // events of one read

} // namespace

Subscription::Subscription(History& history, std::shared_ptr<Mailbox> mailbox, std::optional<std::string> operation,
                           std::uint64_t after)
    : history_(history), mailbox_(std::move(mailbox)), operation_(std::move(operation)), delivered_(after),
      replaying_(operation_.has_value()) {}

Subscription::~Subscription() { mailbox_->notify(nullptr); }

awaitable<EventPtr> Subscription::next() {
    while (ready_.empty()) {
        if (replaying_) {
            co_await replay();
            continue;
        }
        auto taken = mailbox_->take();
        if (taken.overflown && !operation_)
            throw Error(ErrorKind::unavailable, "too many events at once; some are left out");
        replaying_ = taken.overflown;
        for (auto& event : taken.events)
            deliver(std::move(event));
        if (replaying_ || !ready_.empty())
            continue;
        if (taken.closed)
            co_return nullptr;
        co_await wait();
    }
    auto event = std::move(ready_.front());
    ready_.pop_front();
    co_return event;
}

// Subscribed before it reads, so that whatever is stored after this read is in the mailbox.
awaitable<void> Subscription::replay() {
    auto events = co_await history_.events_after(*operation_, delivered_, kReplayed);
    replaying_ = events.size() == kReplayed;
    for (auto& event : events)
        deliver(std::make_shared<const Event>(std::move(event)));
}

void Subscription::deliver(EventPtr event) {
    bool progress = event->kind == EventKind::progress;
    if (operation_ && event->sequence < delivered_ + (progress ? 0 : 1))
        return;
    delivered_ = std::max(delivered_, event->sequence);
    ready_.push_back(std::move(event));
}

awaitable<void> Subscription::wait() {
    auto executor = co_await asio::this_coro::executor;
    auto timer = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
    mailbox_->notify(
        [executor, timer]() mutable { asio::post(executor, [timer = std::move(timer)] { timer->cancel(); }); });
    boost::system::error_code woken;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    mailbox_->notify(nullptr);
    co_await async::check_cancelled();
}

} // namespace cang::operation
