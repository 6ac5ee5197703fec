#include "image/resume.hpp"

namespace cang::image {

namespace {

class ResumingReader final : public io::Reader {
public:
    ResumingReader(BlobOpener open, std::uint64_t offset, async::RetryPolicy policy, async::RetryObserver observer,
                   std::shared_ptr<SourceState> state)
        : open_(std::move(open)), position_(offset), policy_(policy), observer_(std::move(observer)),
          state_(std::move(state)) {}

    awaitable<void> connect() {
        std::function<awaitable<void>()> action = [this]() -> awaitable<void> { inner_ = co_await open_(position_); };
        co_await persist(std::move(action));
    }

    awaitable<std::size_t> read(MutableBytes buffer) override {
        std::size_t length = 0;
        std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
            // A stream that has thrown must not be read again: it is put back only when it did not.
            auto inner = std::move(inner_);
            if (!inner)
                inner = co_await open_(position_);
            length = co_await inner->read(buffer);
            inner_ = std::move(inner);
        };
        co_await persist(std::move(action));
        position_ += length;
        co_return length;
    }

private:
    awaitable<void> persist(std::function<awaitable<void>()> action) {
        try {
            co_await async::retry(policy_, std::move(action), observer_);
        } catch (...) {
            state_->gave_up = true;
            throw;
        }
    }

    BlobOpener open_;
    std::uint64_t position_;
    async::RetryPolicy policy_;
    async::RetryObserver observer_;
    std::shared_ptr<SourceState> state_;
    io::ReaderPtr inner_;
};

} // namespace

awaitable<io::ReaderPtr> open_resuming(BlobOpener open, std::uint64_t offset, async::RetryPolicy policy,
                                       async::RetryObserver observer, std::shared_ptr<SourceState> state) {
    auto reader =
        std::make_unique<ResumingReader>(std::move(open), offset, policy, std::move(observer), std::move(state));
    co_await reader->connect();
    co_return reader;
}

} // namespace cang::image
