// Many pushers, deleters, mounters and collectors at once, and processes that are killed in the middle of it.
#include "image/places/warehouse/churn.hpp"

#include <boost/asio/detached.hpp>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cang::warehouse {
namespace {

using cang::testing::run_async;

awaitable<void> expect_whole(Warehouse& warehouse, const std::string& repository, const std::string& reference) {
    StoredManifestPtr found = co_await warehouse.find_manifest(repository, reference);
    EXPECT_TRUE(found != nullptr) << repository << ":" << reference;
    if (!found)
        co_return;
    oci::Manifest manifest = oci::require_manifest(*found->bytes, found->media_type);
    for (const oci::Descriptor& blob : manifest.blobs()) {
        auto linked = co_await warehouse.find_blob(repository, blob.digest);
        EXPECT_TRUE(linked.has_value()) << blob.digest.to_string();
        std::string bytes = co_await read_blob(warehouse, blob.digest);
        EXPECT_EQ(oci::Digest::of(std::string_view(bytes)), blob.digest);
    }
}

awaitable<void> expect_clean(Warehouse& warehouse) {
    FsckResult result = co_await check(warehouse, true);
    for (const FsckProblem& problem : result.problems)
        ADD_FAILURE() << problem.what << " " << problem.digest << " " << problem.repository;
}

WarehouseOptions options_for(const std::filesystem::path& directory, std::chrono::milliseconds grace) {
    WarehouseOptions options;
    options.data_directory = directory;
    options.grace = grace;
    return options;
}

// The grace period is shorter than a push: the guard alone has to hold what the pushes rely on between two looks, so
// a push may be told that a blob is gone, but never find its image broken.
TEST(WarehouseChurn, LeavesEveryAcknowledgedImageWholeWhileOthersCollect) {
    std::deque<asio::io_context> contexts; // outlive whoever may still be inside a post to them
    cang::testing::TempDir directory;
    SystemClock clock;
    async::BlockingPool pool{3};
    Warehouse warehouse(options_for(directory.path(), std::chrono::milliseconds(300)), clock, pool);
    constexpr std::uint32_t workers = 6;
    constexpr int steps = 60;
    std::vector<std::unique_ptr<Churn>> churns;
    for (std::uint32_t i = 0; i < workers; ++i)
        churns.push_back(std::make_unique<Churn>(warehouse, i));
    std::atomic<int> refused{0};
    auto live = [&](Churn& churn) -> awaitable<void> {
        for (int i = 0; i < steps; ++i) {
            auto error = co_await error_of(churn.step());
            if (error) {
                EXPECT_EQ(error->code(), "MANIFEST_BLOB_UNKNOWN") << error->message();
                ++refused;
            }
        }
    };
    {
        std::vector<std::jthread> threads; // two workers an event loop
        for (std::uint32_t i = 0; i < workers; i += 2)
            threads.emplace_back([&, i, &context = contexts.emplace_back(1)] {
                for (std::uint32_t k = i; k < i + 2; ++k)
                    asio::co_spawn(context, live(*churns[k]), [](std::exception_ptr failure) {
                        if (failure)
                            std::rethrow_exception(failure);
                    });
                context.run();
            });
    }
    EXPECT_LE(refused, static_cast<int>(workers) * steps / 10);
    run_async([&]() -> awaitable<void> {
        for (const auto& churn : churns)
            for (const auto& [tag, digest] : churn->expected()) {
                StoredManifestPtr found = co_await warehouse.find_manifest(churn->repository(), tag);
                EXPECT_EQ(found ? found->digest_text : "none", digest);
                co_await expect_whole(warehouse, churn->repository(), tag);
            }
        co_await expect_clean(warehouse);
    });
    pool.join();
}

// What the killed process wrote about itself: after "begin" a tag may show either value, after "done" only the new one.
struct Told {
    std::string settled;
    std::optional<std::string> begun;
};

std::map<std::string, Told> read_journal(const std::filesystem::path& path) {
    std::map<std::string, Told> tags;
    std::ifstream journal(path);
    for (std::string line; std::getline(journal, line) && !journal.eof();) {
        std::istringstream words(line);
        std::string what, tag, digest;
        words >> what >> tag >> digest;
        if (what == "begin")
            tags[tag].begun = digest;
        else
            tags[tag] = {digest, std::nullopt};
    }
    return tags;
}

[[noreturn]] void live_until_killed(const std::filesystem::path& directory, std::uint32_t seed) {
    int journal = ::open((directory / "journal").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    SystemClock clock;
    async::BlockingPool pool{2};
    Warehouse warehouse(options_for(directory / "data", std::chrono::milliseconds(0)), clock, pool);
    std::vector<std::unique_ptr<Churn>> churns;
    asio::io_context context(1);
    auto live = [](Churn& churn) -> awaitable<void> {
        for (;;)
            co_await error_of(churn.step());
    };
    for (std::uint32_t i = 0; i < 3; ++i) {
        churns.push_back(std::make_unique<Churn>(warehouse, seed * 10 + i));
        Churn& churn = *churns.back();
        churn.told = [&churn, journal](const std::string& tag, const std::string& digest, bool done) {
            std::string line = (done ? "done " : "begin ") + churn.repository() + ":" + tag + " " + digest + "\n";
            if (::write(journal, line.data(), line.size()) < 0)
                std::abort();
        };
        asio::co_spawn(context, live(churn), asio::detached);
    }
    context.run();
    std::abort();
}

void expect_survived(Warehouse& warehouse, const std::map<std::string, Told>& tags) {
    run_async([&]() -> awaitable<void> {
        for (const auto& [name, told] : tags) {
            std::string repository = name.substr(0, name.find(':'));
            std::string tag = name.substr(name.find(':') + 1);
            StoredManifestPtr found = co_await warehouse.find_manifest(repository, tag);
            std::string shown = found ? found->digest_text : "";
            bool allowed = shown == told.settled || shown == told.begun;
            EXPECT_TRUE(allowed) << name << " shows " << shown << " but was told " << told.settled;
            if (found)
                co_await expect_whole(warehouse, repository, tag);
        }
        co_await expect_clean(warehouse);
    });
}

TEST(WarehouseChurn, KeepsItsWordWhenItIsKilled) {
    cang::testing::TempDir directory;
    std::mt19937 random(20261123);
    std::size_t checked = 0;
    for (std::uint32_t round = 1; round <= 6; ++round) {
        pid_t child = ::fork(); // before this process has threads of its own
        ASSERT_GE(child, 0);
        if (child == 0)
            live_until_killed(directory.path(), round);
        std::this_thread::sleep_for(std::chrono::milliseconds(400 + random() % 400)); // a random moment is the point
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself";
        SystemClock clock;
        async::BlockingPool pool{2};
        {
            Warehouse warehouse(options_for(directory / "data", std::chrono::milliseconds(0)), clock, pool);
            auto tags = read_journal(directory / "journal");
            expect_survived(warehouse, tags);
            checked += tags.size();
        }
        pool.join();
    }
    EXPECT_GT(checked, 0u);
}

} // namespace
} // namespace cang::warehouse
