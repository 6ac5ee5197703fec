// What every content::ObjectStore promises. Instantiate ObjectStoreContract with one StoreFactory per implementation.
#pragma once

#include "async/for_each_limit.hpp"
#include "base/error.hpp"
#include "content/object_store.hpp"
#include "testing/run_async.hpp"

#include <gtest/gtest.h>
#include <set>
#include <unistd.h>

namespace cang::contract {

// A store and what lies beneath it.
class StoreUnderTest {
public:
    virtual ~StoreUnderTest() = default;
    virtual content::ObjectStore& store() = 0;
    // What a restart of the process does: a new store over the same bytes. No ingest is open.
    virtual void reopen() = 0;
};

struct StoreFactory {
    std::string name;
    std::function<std::unique_ptr<StoreUnderTest>()> make;
};

inline void PrintTo(const StoreFactory& factory, std::ostream* out) { *out << factory.name; }

// Bytes without a period, the same in every run.
inline std::string sample_bytes(std::size_t size, std::uint64_t seed = 1) {
    std::string bytes(size, '\0');
    std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
    for (auto& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<char>(state >> 32);
    }
    return bytes;
}

class ObjectStoreContract : public ::testing::TestWithParam<StoreFactory> {
protected:
    content::ObjectStore& store() { return subject_->store(); }
    void reopen() { subject_->reopen(); }

    awaitable<content::ObjectInfo> put(std::string bytes) {
        auto ingest = co_await store().begin_ingest();
        co_await ingest->write(as_bytes(bytes));
        auto digest = oci::Digest::of(bytes);
        co_return co_await ingest->commit(digest);
    }

    awaitable<std::string> get(oci::Digest digest, content::ByteRange range = {}) {
        auto reader = co_await store().open(digest, range);
        co_return co_await io::read_all(*reader, 64 * MiB);
    }

    // The message of the Error that `action` throws, after its kind and code; "no error" without one.
    static awaitable<std::string> failure_of(std::function<awaitable<void>()> action) {
        try {
            co_await action();
        } catch (const Error& error) {
            co_return std::to_string(static_cast<int>(error.kind())) + " " + error.code() + " " + error.message();
        }
        co_return "no error";
    }

    static std::string expected_failure(ErrorKind kind, std::string_view code, std::string_view message) {
        return std::to_string(static_cast<int>(kind)) + " " + std::string(code) + " " + std::string(message);
    }

private:
    std::unique_ptr<StoreUnderTest> subject_ = GetParam().make();
};

TEST_P(ObjectStoreContract, GivesBackWhatWasCommitted) {
    testing::run_async([&]() -> awaitable<void> {
        for (std::size_t size : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 1UL << 20, (1UL << 20) + 1, (3UL << 20) + 4097}) {
            auto bytes = sample_bytes(size);
            auto digest = oci::Digest::of(bytes);
            auto object = co_await put(bytes);
            EXPECT_EQ(object.digest, digest);
            EXPECT_EQ(object.size, size);
            auto found = co_await store().find(digest);
            EXPECT_TRUE(found && found->size == size && found->digest == digest) << size;
            auto read = co_await get(digest);
            EXPECT_TRUE(read == bytes) << size;
        }
    });
}

TEST_P(ObjectStoreContract, ShowsNothingBeforeCommit) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(2 * MiB + 5);
        auto digest = oci::Digest::of(bytes);
        auto ingest = co_await store().begin_ingest();
        co_await ingest->write(as_bytes(bytes));
        co_await ingest->suspend();
        auto found = co_await store().find(digest);
        EXPECT_FALSE(found);
        std::function<awaitable<void>()> open = [&]() -> awaitable<void> { co_await store().open(digest); };
        auto failure = co_await failure_of(open);
        EXPECT_EQ(failure,
                  expected_failure(ErrorKind::not_found, "BLOB_UNKNOWN", "there is no blob " + digest.to_string()));
        std::size_t visited = 0;
        std::function<void(const content::ObjectInfo&)> count = [&](const content::ObjectInfo&) { ++visited; };
        co_await store().walk(count);
        EXPECT_EQ(visited, 0U);
        co_await ingest->commit(digest);
        co_await store().walk(count);
        EXPECT_EQ(visited, 1U);
    });
}

TEST_P(ObjectStoreContract, ResumesWhereverItWasDroppedAlsoInANewProcess) {
    auto bytes = sample_bytes(3 * MiB + 17);
    auto digest = oci::Digest::of(bytes);
    std::uint64_t lost_most = 0;
    for (std::size_t cut : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 65536UL, (1UL << 20) - 1, 1UL << 20, (1UL << 20) + 1,
                            (2UL << 20) + 4097, (3UL << 20) + 17}) {
        testing::run_async([&]() -> awaitable<void> {
            std::string id;
            {
                auto ingest = co_await store().begin_ingest();
                id = ingest->id();
                co_await ingest->write(as_bytes(bytes).first(cut));
                EXPECT_EQ(ingest->offset(), cut);
            }
            reopen();
            auto resumed = co_await store().resume_ingest(id);
            EXPECT_NE(resumed, nullptr) << cut;
            if (!resumed)
                co_return;
            EXPECT_LE(resumed->offset(), cut);
            lost_most = std::max(lost_most, cut - resumed->offset());
            co_await resumed->write(as_bytes(bytes).subspan(resumed->offset()));
            auto object = co_await resumed->commit(digest);
            EXPECT_EQ(object.size, bytes.size());
            auto read = co_await get(digest);
            EXPECT_TRUE(read == bytes) << cut;
            co_await store().erase(digest);
        });
    }
    EXPECT_LE(lost_most, 2 * MiB);
}

TEST_P(ObjectStoreContract, SuspendKeepsEveryByteAtAnyOffset) {
    auto bytes = sample_bytes(2 * MiB + 4099);
    auto digest = oci::Digest::of(bytes);
    testing::run_async([&]() -> awaitable<void> {
        auto first = co_await store().begin_ingest();
        auto id = first->id();
        first.reset();
        std::size_t offset = 0;
        for (std::size_t step : {1UL, 4094UL, 1UL, 1UL, 4096UL, 300'000UL, (1UL << 20) + 3, 1UL}) {
            auto ingest = co_await store().resume_ingest(id);
            EXPECT_EQ(ingest->offset(), offset);
            co_await ingest->write(as_bytes(bytes).subspan(offset, step));
            co_await ingest->suspend();
            offset += step;
            EXPECT_EQ(ingest->offset(), offset);
            ingest.reset();
            reopen();
        }
        auto ingest = co_await store().resume_ingest(id);
        co_await ingest->write(as_bytes(bytes).subspan(offset));
        co_await ingest->commit(digest);
        auto read = co_await get(digest);
        EXPECT_TRUE(read == bytes);
    });
}

TEST_P(ObjectStoreContract, WritesOnAfterSuspendInTheSameIngest) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(5 * MiB);
        auto ingest = co_await store().begin_ingest();
        for (std::size_t offset = 0; offset < bytes.size();) {
            auto step = std::min<std::size_t>(777'777, bytes.size() - offset);
            co_await ingest->write(as_bytes(bytes).subspan(offset, step));
            co_await ingest->suspend();
            offset += step;
        }
        auto digest = oci::Digest::of(bytes);
        co_await ingest->commit(digest);
        auto read = co_await get(digest);
        EXPECT_TRUE(read == bytes);
    });
}

TEST_P(ObjectStoreContract, RefusesBytesThatAreNotTheDigestAndForgetsThem) {
    testing::run_async([&]() -> awaitable<void> {
        for (std::size_t size : {5UL, (2UL << 20) + 5}) {
            auto bytes = sample_bytes(size);
            auto announced = oci::Digest::of("something else");
            auto ingest = co_await store().begin_ingest();
            auto id = ingest->id();
            co_await ingest->write(as_bytes(bytes));
            std::function<awaitable<void>()> commit = [&]() -> awaitable<void> { co_await ingest->commit(announced); };
            auto failure = co_await failure_of(commit);
            EXPECT_EQ(failure, expected_failure(ErrorKind::corrupt, "DIGEST_INVALID",
                                                "the content is " + oci::Digest::of(bytes).to_string() + ", not " +
                                                    announced.to_string() + " as announced"));
            ingest.reset();
            auto found = co_await store().find(announced);
            EXPECT_FALSE(found);
            auto resumed = co_await store().resume_ingest(id);
            EXPECT_EQ(resumed, nullptr);
        }
    });
}

TEST_P(ObjectStoreContract, CommitsWithAnotherAlgorithmThanItBeganWith) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(2 * MiB + 100);
        auto digest512 = oci::Digest::of(bytes, oci::DigestAlgorithm::sha512);
        auto as256 = co_await store().begin_ingest();
        co_await as256->write(as_bytes(bytes));
        co_await as256->commit(digest512);
        auto read = co_await get(digest512);
        EXPECT_TRUE(read == bytes);
        auto as512 = co_await store().begin_ingest(oci::DigestAlgorithm::sha512);
        co_await as512->write(as_bytes(bytes));
        auto digest256 = oci::Digest::of(bytes);
        co_await as512->commit(digest256);
        auto again = co_await get(digest256);
        EXPECT_TRUE(again == bytes);
    });
}

TEST_P(ObjectStoreContract, CommitIsIdempotentAndAbortAfterItDoesNothing) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(100);
        auto digest = oci::Digest::of(bytes);
        for (int round = 0; round < 2; ++round) {
            auto ingest = co_await store().begin_ingest();
            co_await ingest->write(as_bytes(bytes));
            auto first = co_await ingest->commit(digest);
            auto second = co_await ingest->commit(digest);
            EXPECT_EQ(first.size, second.size);
            co_await ingest->abort();
        }
        auto read = co_await get(digest);
        EXPECT_EQ(read, bytes);
        auto ingests = co_await store().list_ingests();
        EXPECT_TRUE(ingests.empty());
    });
}

TEST_P(ObjectStoreContract, TakesManyCommitsOfTheSameObjectAtOnce) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(1 * MiB + 1);
        auto digest = oci::Digest::of(bytes);
        std::function<awaitable<void>(std::size_t)> push = [&](std::size_t) -> awaitable<void> { co_await put(bytes); };
        co_await async::for_each_index(8, 8, push);
        auto read = co_await get(digest);
        EXPECT_TRUE(read == bytes);
        auto ingests = co_await store().list_ingests();
        EXPECT_TRUE(ingests.empty());
    });
}

TEST_P(ObjectStoreContract, AbortForgetsTheIngest) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(2 * MiB);
        auto ingest = co_await store().begin_ingest();
        co_await ingest->write(as_bytes(bytes));
        co_await ingest->abort();
        auto id = ingest->id();
        ingest.reset();
        auto resumed = co_await store().resume_ingest(id);
        EXPECT_EQ(resumed, nullptr);
    });
}

TEST_P(ObjectStoreContract, LetsOneAtATimeHoldAnIngest) {
    testing::run_async([&]() -> awaitable<void> {
        auto ingest = co_await store().begin_ingest();
        auto id = ingest->id();
        co_await ingest->suspend();
        std::function<awaitable<void>()> resume = [&]() -> awaitable<void> { co_await store().resume_ingest(id); };
        auto failure = co_await failure_of(resume);
        EXPECT_EQ(failure, expected_failure(ErrorKind::conflict, "", "another request is writing to this upload"));
        ingest.reset();
        failure = co_await failure_of(resume);
        EXPECT_EQ(failure, "no error");
    });
}

TEST_P(ObjectStoreContract, EnsureIngestBeginsOrResumesUnderTheCallersName) {
    testing::run_async([&]() -> awaitable<void> {
        std::string id = "0123456789abcdef";
        auto none = co_await store().resume_ingest(id);
        EXPECT_EQ(none, nullptr);
        auto first = co_await store().ensure_ingest(id);
        EXPECT_EQ(first->id(), id);
        co_await first->write(as_bytes("half "));
        co_await first->suspend();
        first.reset();
        auto second = co_await store().ensure_ingest(id);
        EXPECT_EQ(second->offset(), 5U);
        co_await second->write(as_bytes("and half"));
        auto digest = oci::Digest::of("half and half");
        co_await second->commit(digest);
        auto read = co_await get(digest);
        EXPECT_EQ(read, "half and half");
    });
}

TEST_P(ObjectStoreContract, RefusesIdsThatCouldBePaths) {
    testing::run_async([&]() -> awaitable<void> {
        for (std::string id : {"", "abc", "../../etc", "ABCDEF0123", "0123456789abcdeg", "01234567/"}) {
            std::function<awaitable<void>()> ensure = [&]() -> awaitable<void> { co_await store().ensure_ingest(id); };
            auto failure = co_await failure_of(ensure);
            EXPECT_EQ(failure, expected_failure(ErrorKind::invalid_argument, "",
                                                "an upload id is 8 to 64 lower-case hexadecimal digits"))
                << id;
        }
    });
}

TEST_P(ObjectStoreContract, ListsIngestsThatAreNotFinished) {
    testing::run_async([&]() -> awaitable<void> {
        auto ingest = co_await store().begin_ingest();
        co_await ingest->write(as_bytes("some"));
        co_await ingest->suspend();
        auto ingests = co_await store().list_ingests();
        EXPECT_EQ(ingests.size(), 1U);
        if (ingests.empty())
            co_return;
        EXPECT_EQ(ingests[0].id, ingest->id());
        EXPECT_EQ(ingests[0].offset, 4U);
        auto age = SystemClock().now() - ingests[0].updated_at;
        EXPECT_LT(std::chrono::abs(age), std::chrono::minutes(1));
    });
}

TEST_P(ObjectStoreContract, CutsRangesAtTheEndAndRefusesOnesBeyond) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(1 * MiB + 10);
        auto digest = oci::Digest::of(bytes);
        co_await put(bytes);
        struct Case {
            std::uint64_t offset, length;
        };
        for (auto [offset, length] :
             {Case{0, 1}, Case{1, 4096}, Case{1048576, UINT64_MAX}, Case{1048570, 100}, Case{0, 0}, Case{1048586, 5}}) {
            content::ByteRange range{offset, length};
            auto part = co_await get(digest, range);
            EXPECT_TRUE(part == bytes.substr(offset, length)) << offset;
        }
        content::ByteRange beyond{bytes.size() + 1, 1};
        std::function<awaitable<void>()> open = [&]() -> awaitable<void> { co_await store().open(digest, beyond); };
        auto failure = co_await failure_of(open);
        EXPECT_EQ(failure,
                  expected_failure(ErrorKind::invalid_argument, "", "the range starts at byte 1048587 of 1048586"));
    });
}

TEST_P(ObjectStoreContract, ErasesOnceAndTakesTheSameObjectAgain) {
    testing::run_async([&]() -> awaitable<void> {
        auto object = co_await put("erase me");
        auto first = co_await store().erase(object.digest);
        EXPECT_TRUE(first);
        auto second = co_await store().erase(object.digest);
        EXPECT_FALSE(second);
        auto found = co_await store().find(object.digest);
        EXPECT_FALSE(found);
        co_await put("erase me");
        auto again = co_await get(object.digest);
        EXPECT_EQ(again, "erase me");
    });
}

TEST_P(ObjectStoreContract, AnOpenReaderOutlivesErase) {
    testing::run_async([&]() -> awaitable<void> {
        auto bytes = sample_bytes(2 * MiB);
        auto object = co_await put(bytes);
        auto reader = co_await store().open(object.digest);
        co_await store().erase(object.digest);
        auto read = co_await io::read_all(*reader, 4 * MiB);
        EXPECT_TRUE(read == bytes);
    });
}

TEST_P(ObjectStoreContract, WalksEveryObjectOnce) {
    testing::run_async([&]() -> awaitable<void> {
        std::set<oci::Digest> expected;
        for (int i = 0; i < 20; ++i) {
            auto object = co_await put("object " + std::to_string(i));
            expected.insert(object.digest);
        }
        auto ingest = co_await store().begin_ingest();
        co_await ingest->write(as_bytes("in 512"));
        auto digest512 = oci::Digest::of("in 512", oci::DigestAlgorithm::sha512);
        co_await ingest->commit(digest512);
        expected.insert(digest512);
        std::set<oci::Digest> visited;
        std::function<void(const content::ObjectInfo&)> visit = [&](const content::ObjectInfo& object) {
            EXPECT_TRUE(visited.insert(object.digest).second);
        };
        co_await store().walk(visit);
        EXPECT_EQ(visited, expected);
    });
}

TEST_P(ObjectStoreContract, OpensAFileWithTheBytesOrNone) {
    testing::run_async([&]() -> awaitable<void> {
        auto object = co_await put("sent with sendfile");
        int fd = co_await store().open_file(object.digest);
        if (fd < 0)
            co_return;
        char text[32] = {};
        EXPECT_EQ(::pread(fd, text, sizeof text, 0), 18);
        EXPECT_STREQ(text, "sent with sendfile");
        ::close(fd);
    });
}

} // namespace cang::contract
