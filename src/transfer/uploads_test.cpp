#include "transfer/uploads.hpp"

#include "base/error.hpp"
#include "image/store/migrations.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

using cang::testing::run_async;
using std::chrono::hours;

// Gives `bytes`, then fails like a connection.
class BreakingReader final : public io::Reader {
public:
    explicit BreakingReader(std::string bytes) : bytes_(std::move(bytes)) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (bytes_.empty())
            throw Error(ErrorKind::unavailable, "the connection broke");
        auto length = std::min(buffer.size(), bytes_.size());
        std::ranges::copy(as_bytes(bytes_).first(length), buffer.begin());
        bytes_.erase(0, length);
        co_return length;
    }

private:
    std::string bytes_;
};

// Before it gives its second piece, `meanwhile` happens.
class InterruptedReader final : public io::Reader {
public:
    InterruptedReader(std::string first, std::string second, std::function<awaitable<void>()> meanwhile)
        : pieces_{std::move(first), std::move(second)}, meanwhile_(std::move(meanwhile)) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (next_ == 1)
            co_await meanwhile_();
        if (next_ == 2)
            co_return 0;
        const auto& piece = pieces_[next_++];
        std::ranges::copy(as_bytes(piece), buffer.begin());
        co_return piece.size();
    }

private:
    std::string pieces_[2];
    std::function<awaitable<void>()> meanwhile_;
    std::size_t next_ = 0;
};

class UploadsTest : public ::testing::Test {
protected:
    ~UploadsTest() override { pool.join(); }

    Upload create(std::uint64_t size) {
        return run_async<Upload>([&]() -> awaitable<Upload> { return uploads.create("app.tar", size); });
    }
    Upload get(const std::string& id) {
        return run_async<Upload>([&]() -> awaitable<Upload> { return uploads.get(id); });
    }
    Uploads::Appended append(const std::string& id, std::uint64_t offset, io::Reader& bytes) {
        return run_async<Uploads::Appended>(
            [&]() -> awaitable<Uploads::Appended> { return uploads.append(id, offset, bytes); });
    }
    Uploads::Appended append(const std::string& id, std::uint64_t offset, std::string text) {
        auto bytes = io::memory_reader(std::move(text));
        return append(id, offset, *bytes);
    }
    std::size_t remove_expired() {
        return run_async<std::size_t>([&]() -> awaitable<std::size_t> { return uploads.remove_expired(); });
    }
    std::string text_of(const Upload& upload) {
        std::ifstream file(uploads.file_of(upload), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    template <typename Action>
    static std::string failure_of(Action action) {
        try {
            action();
        } catch (const Error& error) {
            return error.message();
        }
        return "nothing failed";
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    sql::Database database{(directory / "store.db").string(), store::migrations(), pool};
    Uploads uploads{directory / "uploads", database, clock, pool};
};

TEST_F(UploadsTest, TakeAnArchiveInPieces) {
    auto upload = create(10);
    EXPECT_EQ(upload.name, "app.tar");
    EXPECT_EQ(upload.expires_at - upload.created_at, hours(24));
    auto first = append(upload.id, 0, "hello");
    EXPECT_TRUE(first.accepted);
    EXPECT_EQ(first.offset, 5U);
    EXPECT_FALSE(get(upload.id).complete());
    append(upload.id, 5, "world");
    EXPECT_TRUE(get(upload.id).complete());
    EXPECT_EQ(text_of(upload), "helloworld");
}

TEST_F(UploadsTest, SayWhereAnUploadGoesOn) {
    auto upload = create(10);
    append(upload.id, 0, "hello");
    auto wrong = append(upload.id, 3, "lo");
    EXPECT_FALSE(wrong.accepted);
    EXPECT_EQ(wrong.offset, 5U);
    EXPECT_EQ(text_of(upload), "hello");
}

TEST_F(UploadsTest, KeepWhatCameBeforeABreak) {
    auto upload = create(10);
    BreakingReader broken("hel");
    EXPECT_EQ(failure_of([&] { append(upload.id, 0, broken); }), "the connection broke");
    EXPECT_EQ(get(upload.id).offset, 3U);
    append(upload.id, 3, "loworld");
    EXPECT_EQ(text_of(upload), "helloworld");
}

TEST_F(UploadsTest, GoOnAfterARestart) {
    auto upload = create(10);
    append(upload.id, 0, "hello");
    Uploads later(directory / "uploads", database, clock, pool);
    auto found = run_async<Upload>([&]() -> awaitable<Upload> { return later.get(upload.id); });
    EXPECT_EQ(found.offset, 5U);
}

TEST_F(UploadsTest, LetAClientThatCameBackOvertakeItsDeadConnection) {
    auto upload = create(10);
    InterruptedReader stale("hel", "XXX", [&]() -> awaitable<void> {
        auto rest = io::memory_reader("loworld");
        auto appended = co_await uploads.append(upload.id, 3, *rest);
        EXPECT_TRUE(appended.accepted);
    });
    EXPECT_EQ(failure_of([&] { append(upload.id, 0, stale); }), "another request goes on with this upload");
    EXPECT_EQ(text_of(upload), "helloworld");
}

TEST_F(UploadsTest, RefuseMoreThanWasAnnounced) {
    auto upload = create(3);
    EXPECT_EQ(failure_of([&] { append(upload.id, 0, "hello"); }), "the archive has more than 3 bytes");
    EXPECT_EQ(failure_of([&] { create(0); }), "size must be from 1 to 1099511627776 bytes");
    EXPECT_EQ(failure_of([&] { create(Uploads::max_bytes + 1); }), "size must be from 1 to 1099511627776 bytes");
}

TEST_F(UploadsTest, SayBeforehandThatTheDiskIsTooSmall) {
    if (std::filesystem::space(directory / "uploads").available >= Uploads::max_bytes)
        GTEST_SKIP() << "this disk has room for the largest archive";
    auto message = failure_of([&] { create(Uploads::max_bytes); });
    EXPECT_TRUE(message.starts_with("the server's disk has room for ")) << message;
    EXPECT_TRUE(message.ends_with(", and the archive has 1.1 TB")) << message;
}

TEST_F(UploadsTest, WantNamesThatCanBeShown) {
    for (std::string name : {"", "a\nb", "\xff", "\x7f"}) {
        auto make = [&] { run_async<Upload>([&]() -> awaitable<Upload> { return uploads.create(name, 1); }); };
        EXPECT_EQ(failure_of(make), "name must be 1 to 255 bytes of printable text");
    }
}

TEST_F(UploadsTest, TakeNameOfClientsForNoPath) {
    auto evil = run_async<Upload>([&]() -> awaitable<Upload> { return uploads.create("../../evil", 1); });
    EXPECT_EQ(uploads.file_of(evil), directory / "uploads" / evil.id);
    EXPECT_EQ(failure_of([&] { get("../store.db"); }), "there is no such upload");
    bool removed = run_async<bool>([&]() -> awaitable<bool> { return uploads.remove("../store.db"); });
    EXPECT_FALSE(removed);
    EXPECT_TRUE(std::filesystem::exists(directory / "store.db"));
}

TEST_F(UploadsTest, ReceiveOneWhoseSizeNobodyKnows) {
    auto bytes = io::memory_reader("helloworld");
    auto upload = run_async<Upload>([&]() -> awaitable<Upload> { return uploads.receive("app.tar", *bytes); });
    EXPECT_TRUE(upload.complete());
    EXPECT_EQ(get(upload.id).size, 10U);
    BreakingReader broken("hel");
    auto receive = [&] { run_async<Upload>([&]() -> awaitable<Upload> { return uploads.receive("b.tar", broken); }); };
    EXPECT_EQ(failure_of(receive), "the connection broke");
    auto files = std::distance(std::filesystem::directory_iterator(directory / "uploads"), {});
    EXPECT_EQ(files, 1) << "nothing is left of the broken one";
}

TEST_F(UploadsTest, RemoveWhatNobodyTouchedForADay) {
    auto old = create(10);
    append(old.id, 0, "hello");
    clock.advance(hours(20));
    auto used = create(10);
    append(used.id, 0, "hello");
    std::ofstream(directory / "uploads" / "0011") << "of no upload";
    EXPECT_EQ(remove_expired(), 0U);
    EXPECT_FALSE(std::filesystem::exists(directory / "uploads" / "0011"));
    clock.advance(hours(5));
    EXPECT_EQ(failure_of([&] { get(old.id); }), "there is no such upload");
    EXPECT_EQ(remove_expired(), 1U);
    EXPECT_FALSE(std::filesystem::exists(uploads.file_of(old)));
    run_async([&]() -> awaitable<void> { co_await uploads.keep(used.id); });
    clock.advance(hours(20));
    EXPECT_EQ(remove_expired(), 0U) << "it is needed";
    EXPECT_EQ(get(used.id).offset, 5U);
}

} // namespace
} // namespace cang::transfer
