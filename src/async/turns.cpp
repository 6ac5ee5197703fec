#include "async/turns.hpp"

#include "base/error.hpp"

#include <boost/asio/redirect_error.hpp>

namespace cang::async {

Turns::Turn::~Turn() {
    if (turns_ != nullptr)
        turns_->pass_on();
}

awaitable<Turns::Turn> Turns::take() {
    if (!taken_) {
        taken_ = true;
        co_return Turn(*this);
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_at(std::chrono::steady_clock::time_point::max());
    waiters_.push_back(waiter);
    boost::system::error_code woken;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!waiter->granted) {
        std::erase(waiters_, waiter);
        throw Error(ErrorKind::cancelled, "cancelled");
    }
    co_return Turn(*this);
}

void Turns::pass_on() {
    taken_ = !waiters_.empty();
    if (!taken_)
        return;
    const auto next = waiters_.front();
    waiters_.pop_front();
    next->granted = true;
    next->timer.cancel();
}

} // namespace cang::async
