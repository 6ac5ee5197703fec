#include "image/resume.hpp"

#include "testing/run_async.hpp"

#include <gtest/gtest.h>

namespace cang::image {

namespace {

// Gives `bytes`, but each connection breaks after `breaks_after` of them.
class FragileReader final : public io::Reader {
public:
    FragileReader(std::string rest, std::size_t breaks_after)
        : inner_(io::memory_reader(std::move(rest))), left_(breaks_after) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            throw Error(ErrorKind::unavailable, "the connection broke");
        auto length = co_await inner_->read(buffer.first(std::min(buffer.size(), left_)));
        left_ -= length;
        co_return length;
    }

private:
    io::ReaderPtr inner_;
    std::size_t left_;
};

class ResumeTest : public ::testing::Test {
protected:
    // What arrives of `bytes` from `offset` on.
    std::string read(std::uint64_t offset = 0) {
        BlobOpener open = [this](std::uint64_t at) { return connect(at); };
        async::RetryObserver observer = [this](const Error&, std::chrono::milliseconds) { ++retries; };
        async::RetryPolicy policy;
        policy.attempts = 3;
        policy.first_delay = std::chrono::milliseconds(0);
        std::string result;
        testing::run_async([&]() -> awaitable<void> {
            auto reader = co_await open_resuming(open, offset, policy, observer, state);
            result = co_await io::read_all(*reader, 1'000'000);
        });
        return result;
    }

    awaitable<io::ReaderPtr> connect(std::uint64_t offset) {
        offsets.push_back(offset);
        if (failure)
            throw *failure;
        co_return std::make_unique<FragileReader>(bytes.substr(offset), breaks_after);
    }

    std::string message() {
        try {
            return read();
        } catch (const Error& error) {
            return error.message();
        }
    }

    std::string bytes = "0123456789";
    std::size_t breaks_after = SIZE_MAX;
    std::optional<Error> failure;
    std::vector<std::uint64_t> offsets;
    std::size_t retries = 0;
    std::shared_ptr<SourceState> state = std::make_shared<SourceState>();
};

} // namespace

TEST_F(ResumeTest, ReadsOnceWhenNothingBreaks) {
    EXPECT_EQ(read(), bytes);
    EXPECT_EQ(offsets, std::vector<std::uint64_t>{0});
    EXPECT_FALSE(state->gave_up);
}

TEST_F(ResumeTest, GoesOnWhereItBrokeHoweverOften) {
    breaks_after = 2;
    EXPECT_EQ(read(), bytes);
    EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, 2, 4, 6, 8, 10}));
    EXPECT_EQ(retries, 5u);
}

TEST_F(ResumeTest, BeginsAtTheOffset) {
    EXPECT_EQ(read(7), "789");
    EXPECT_EQ(offsets, std::vector<std::uint64_t>{7});
}

TEST_F(ResumeTest, GivesUpWhenNothingArrivesAnyMore) {
    breaks_after = 0;
    EXPECT_EQ(message(), "the connection broke");
    EXPECT_TRUE(state->gave_up);
    EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, 0, 0}));
}

TEST_F(ResumeTest, DoesNotRetryWhatWillNotGetBetter) {
    failure = Error(ErrorKind::not_found, "there is no such blob");
    EXPECT_EQ(message(), "there is no such blob");
    EXPECT_TRUE(state->gave_up);
    EXPECT_EQ(offsets.size(), 1u);
}

} // namespace cang::image
