// Work on the blocking pool that is started now and awaited later: the tool for double buffering.
#pragma once

#include "async/run_blocking.hpp"

#include <functional>
#include <mutex>

namespace cang::async {

// Dropped without wait(), the work still runs to its end: it owns what it touches. The pool must outlive it.
template <typename Result>
class BlockingJob {
public:
    BlockingJob() = default;

    template <typename Work>
    static BlockingJob start(BlockingPool& pool, Work work) {
        BlockingJob job;
        job.state_ = std::make_shared<State>();
        asio::post(pool, [state = job.state_, work = std::move(work)]() mutable {
            state->finish(detail::run_to_outcome<Result>(std::move(work)));
        });
        return job;
    }

    explicit operator bool() const noexcept { return state_ != nullptr; } // started and not awaited yet

    // The result, or what the work threw; once. Not interrupted by cancellation.
    awaitable<Result> wait() {
        auto state = std::exchange(state_, nullptr);
        if (!state->finished()) {
            auto initiate = [state](auto handler) { state->notify(std::move(handler)); };
            co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
        }
        if (state->outcome->failure)
            std::rethrow_exception(std::move(state->outcome->failure));
        if constexpr (!std::is_void_v<Result>)
            co_return std::move(*state->outcome->value);
    }

private:
    struct State {
        std::mutex mutex;
        std::optional<detail::Outcome<Result>> outcome; // not touched by the pool's thread once set
        std::function<void()> waiter;

        bool finished() {
            std::lock_guard lock(mutex);
            return outcome.has_value();
        }

        void finish(detail::Outcome<Result> result) {
            std::function<void()> wake;
            {
                std::lock_guard lock(mutex);
                outcome.emplace(std::move(result));
                wake = std::exchange(waiter, nullptr);
            }
            if (wake)
                wake();
        }

        template <typename Handler>
        void notify(Handler handler) {
            auto home = asio::get_associated_executor(handler);
            auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
            struct Wake {
                Handler handler;
                decltype(guard) work; // goes with the handler, see run_blocking()
            };
            auto wake = std::make_shared<Wake>(std::move(handler), std::move(guard));
            std::function<void()> resume = [home, wake]() mutable {
                asio::post(home, [wake = std::move(wake)]() mutable {
                    auto resumed = std::move(wake->handler);
                    wake.reset();
                    std::move(resumed)();
                });
            };
            {
                std::lock_guard lock(mutex);
                if (!outcome)
                    waiter = std::exchange(resume, nullptr);
            }
            if (resume)
                resume();
        }
    };

    std::shared_ptr<State> state_;
};

} // namespace cang::async
