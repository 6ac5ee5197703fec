#include "async/sleep.hpp"
#include "operation/runner_fixture.hpp"

#include <atomic>
#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::operation {
namespace {

using namespace std::chrono_literals;
using cang::testing::run_async;

Spec spec_of(std::string type, std::vector<std::string> resources = {}) {
    Spec spec;
    spec.type = std::move(type);
    spec.title = "a title";
    spec.input = {{"number", 7}};
    spec.resources = std::move(resources);
    spec.requested_by = "admin";
    return spec;
}

class RunnerTest : public ::testing::Test {
protected:
    RunnerTest() : database((directory / "store.db").string(), store::migrations(), pool) { begin(); }
    ~RunnerTest() override {
        life.reset();
        pool.join();
    }

    // As after a restart.
    void begin() {
        life.reset();
        std::vector<Task> tasks;
        auto echo = [](Context& context) -> awaitable<boost::json::object> {
            context.log("hello");
            co_return context.spec().input;
        };
        auto fail = [](Context&) -> awaitable<boost::json::object> {
            throw Error(ErrorKind::not_found, "no such image");
            co_return boost::json::object{};
        };
        auto flaky = [this](Context&) -> awaitable<boost::json::object> {
            if (++attempts < 3)
                throw Error(ErrorKind::unavailable, "busy");
            co_return boost::json::object{};
        };
        auto block = [this](Context& context) -> awaitable<boost::json::object> {
            ++begun;
            auto part = context.progress().add_part("layer", 10);
            context.progress().advance(part, 4);
            while (!open)
                co_await async::sleep_for(5ms);
            co_return boost::json::object{};
        };
        tasks.push_back({{.name = "echo", .retention = std::chrono::hours(24)}, echo});
        tasks.push_back({{.name = "fail"}, fail});
        tasks.push_back({{.name = "flaky", .retry = {.attempts = 3, .first_delay = 1ms}}, flaky});
        tasks.push_back({{.name = "block"}, block});
        tasks.push_back({{.name = "resumable", .resumable = true}, block});
        tasks.push_back({{.name = "limited", .concurrency = 1}, block});
        tasks.push_back({{.name = "short", .timeout = 30ms}, block});
        auto note = [this](const Operation& operation) -> awaitable<void> {
            auto stored = co_await runner().history().get(operation.id);
            ended_as = operation.state;
            stored_as = stored.state;
            throw Error(ErrorKind::internal, "nobody hears of this");
        };
        tasks.push_back({{.name = "watched"}, echo, note});
        tasks.push_back({{.name = "watched block"}, block, note});
        life = std::make_unique<RunnerUnderTest>(database, clock, std::move(tasks));
    }
    Runner& runner() { return life->runner; }

    std::string start(Spec spec) {
        return run_async<std::string>([&]() -> awaitable<std::string> {
            auto started = co_await runner().start(spec);
            co_return started.id;
        });
    }
    Operation wait(std::string id) {
        return run_async<Operation>([&]() -> awaitable<Operation> { return runner().wait(id); });
    }
    Operation get(std::string id) {
        return run_async<Operation>([&]() -> awaitable<Operation> { return runner().history().get(id); });
    }
    void cancel(std::string id) {
        run_async([&]() -> awaitable<void> { return runner().cancel(id); });
    }
    void wait_until_begun(int count) {
        auto deadline = std::chrono::steady_clock::now() + 20s;
        while (begun < count && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        ASSERT_EQ(begun, count);
    }
    std::vector<std::string> events(const std::string& id, std::uint64_t after = 0) {
        auto found = run_async<std::vector<Event>>(
            [&]() -> awaitable<std::vector<Event>> { return runner().history().events_after(id, after, 100); });
        std::vector<std::string> texts;
        for (const auto& event : found)
            texts.push_back(std::to_string(event.sequence) + " " + std::string(to_string(event.kind)) + " " +
                            boost::json::serialize(event.payload));
        return texts;
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    sql::Database database;
    std::atomic<int> begun{0};
    std::atomic<int> attempts{0};
    std::atomic<bool> open{false};
    std::atomic<State> ended_as{State::pending};  // what a watched task was told
    std::atomic<State> stored_as{State::pending}; // what the history said then
    std::unique_ptr<RunnerUnderTest> life;
};

using Texts = std::vector<std::string>;

TEST_F(RunnerTest, TellsATaskTheEndOfItsOperationOnceItIsStored) {
    auto id = start(spec_of("watched"));
    wait(id);
    life->shutdown(); // waits for whoever is told
    EXPECT_EQ(ended_as, State::succeeded);
    EXPECT_EQ(stored_as, State::succeeded);
    begin();
    auto blocked = start(spec_of("watched block"));
    wait_until_begun(1);
    cancel(blocked);
    EXPECT_EQ(wait(blocked).state, State::cancelled) << "what the task throws changes nothing";
    life->shutdown();
    EXPECT_EQ(ended_as, State::cancelled);
}

TEST_F(RunnerTest, RunsWorkAndKeepsItsCourse) {
    auto id = start(spec_of("echo"));
    auto done = wait(id);
    EXPECT_EQ(done.state, State::succeeded);
    EXPECT_EQ(boost::json::serialize(done.result.value()), R"({"number":7})");
    EXPECT_FALSE(done.failure.has_value());
    EXPECT_EQ(done.finished_at, clock.now());
    EXPECT_EQ(events(id),
              (Texts{R"(1 state {"state":"pending"})", R"(2 state {"state":"running"})", R"(3 log {"line":"hello"})",
                     R"(4 result {"number":7})", R"(5 state {"state":"succeeded"})"}));
    EXPECT_EQ(events(id, 4), Texts{R"(5 state {"state":"succeeded"})"});
}

TEST_F(RunnerTest, TellsWhyWorkFailed) {
    auto id = start(spec_of("fail"));
    auto failed = wait(id);
    EXPECT_EQ(failed.state, State::failed);
    EXPECT_EQ(failed.failure.value().kind, ErrorKind::not_found);
    EXPECT_EQ(failed.failure.value().message, "no such image");
    EXPECT_EQ(events(id).back(),
              R"(3 state {"state":"failed","error":{"kind":"not_found","message":"no such image"}})");
}

TEST_F(RunnerTest, TriesAgainAsTheTypeSays) {
    auto done = wait(start(spec_of("flaky")));
    EXPECT_EQ(done.state, State::succeeded);
    EXPECT_EQ(attempts, 3);
}

TEST_F(RunnerTest, RefusesTypesThatAreNotThere) {
    try {
        start(spec_of("nothing"));
        ADD_FAILURE() << "started";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.message(), "there is no operation type \"nothing\"");
    }
}

TEST_F(RunnerTest, CancelsWhatRunsWithinASecond) {
    auto id = start(spec_of("block"));
    wait_until_begun(1);
    auto asked = std::chrono::steady_clock::now();
    cancel(id);
    auto cancelled = wait(id);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);
    EXPECT_EQ(cancelled.state, State::cancelled);
    cancel(id);
    EXPECT_EQ(events(id).back(), R"(3 state {"state":"cancelled","error":{"kind":"cancelled","message":"cancelled"}})");
}

TEST_F(RunnerTest, CancelsWhatWaitsWithoutRunningIt) {
    auto first = start(spec_of("limited"));
    wait_until_begun(1);
    auto second = start(spec_of("limited"));
    cancel(second);
    EXPECT_EQ(wait(second).state, State::cancelled);
    EXPECT_EQ(get(first).state, State::running);
    EXPECT_EQ(begun, 1);
}

TEST_F(RunnerTest, LetsOperationsOnOneResourceQueue) {
    auto first = start(spec_of("block", {"host a"}));
    auto second = start(spec_of("block", {"host a"}));
    auto other = start(spec_of("block", {"host b"}));
    wait_until_begun(2);
    EXPECT_EQ(get(second).state, State::pending);
    open = true;
    EXPECT_EQ(wait(second).state, State::succeeded);
    EXPECT_EQ(wait(first).state, State::succeeded);
    EXPECT_EQ(wait(other).state, State::succeeded);
}

TEST_F(RunnerTest, EndsWhatTakesTooLong) {
    auto late = wait(start(spec_of("short")));
    EXPECT_EQ(late.state, State::failed);
    EXPECT_EQ(late.failure.value().kind, ErrorKind::deadline_exceeded);
    EXPECT_EQ(late.failure.value().message, "did not end within 30ms");
}

TEST_F(RunnerTest, GivesTheSameOperationForTheSameKey) {
    auto spec = spec_of("echo");
    spec.idempotency_key = "once";
    auto first = start(spec);
    EXPECT_EQ(start(spec), first);
    auto other = spec;
    other.input = {{"number", 8}};
    try {
        start(other);
        ADD_FAILURE() << "gave an operation that was not asked for";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::conflict);
        EXPECT_EQ(error.message(), "this idempotency key started another operation; take a new one");
    }
    spec.requested_by = "somebody else";
    EXPECT_NE(start(spec), first);
}

TEST_F(RunnerTest, RetriesWhatDidNotSucceed) {
    auto failed = start(spec_of("fail"));
    wait(failed);
    auto again = run_async<Started>([&]() -> awaitable<Started> { return runner().retry(failed, "somebody"); });
    EXPECT_NE(again.id, failed);
    auto operation = wait(again.id);
    EXPECT_EQ(operation.spec.retry_of, failed);
    EXPECT_EQ(operation.spec.requested_by, "somebody");
    EXPECT_EQ(boost::json::serialize(operation.spec.input), R"({"number":7})");
    auto done = start(spec_of("echo"));
    wait(done);
    try {
        run_async([&]() -> awaitable<void> { co_await runner().retry(done, "somebody"); });
        ADD_FAILURE() << "retried what has succeeded";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::conflict);
        EXPECT_EQ(error.message(), "the operation has succeeded");
    }
}

TEST_F(RunnerTest, InterruptsWhatRunsAtShutdown) {
    auto running = start(spec_of("block"));
    wait_until_begun(1);
    life->shutdown();
    EXPECT_EQ(get(running).state, State::interrupted);
    try {
        start(spec_of("echo"));
        ADD_FAILURE() << "started after shutdown";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::unavailable);
        EXPECT_EQ(error.message(), "the server is stopping");
    }
    begin();
    EXPECT_EQ(life->recover(), 0u);
    EXPECT_EQ(get(running).state, State::interrupted);
}

TEST_F(RunnerTest, ResumesAfterARestartWhatCan) {
    auto running = start(spec_of("resumable", {"host"}));
    wait_until_begun(1);
    auto waiting = start(spec_of("block", {"host"}));
    begin();
    EXPECT_EQ(get(running).state, State::interrupted);
    EXPECT_EQ(get(waiting).state, State::pending);
    EXPECT_EQ(life->recover(), 2u);
    open = true;
    EXPECT_EQ(wait(running).state, State::succeeded);
    EXPECT_EQ(wait(waiting).state, State::succeeded);
    EXPECT_FALSE(get(running).failure.has_value());
}

// A killed server leaves the row as it was while the work ran.
TEST_F(RunnerTest, InterruptsAfterAKillWhatCannotResume) {
    auto id = start(spec_of("echo"));
    wait(id);
    database.write_now([&](sql::Connection& connection) {
        store::OperationStore store(connection);
        auto row = store.find(id).value();
        row.state = "running";
        row.finished_at.reset();
        store.update(row);
    });
    begin();
    EXPECT_EQ(life->recover(), 1u);
    auto interrupted = get(id);
    EXPECT_EQ(interrupted.state, State::interrupted);
    EXPECT_EQ(interrupted.failure.value().message, "the server stopped while it ran");
    EXPECT_EQ(interrupted.finished_at, clock.now());
    EXPECT_EQ(events(id, 5).size(), 1u) << "numbers go on after those of the earlier life";
}

TEST_F(RunnerTest, TellsSubscribersEverythingAfterASequence) {
    auto id = start(spec_of("block"));
    wait_until_begun(1);
    run_async([&]() -> awaitable<void> {
        auto late = runner().subscribe(id, 1);
        auto running = co_await late->next();
        EXPECT_EQ(running->sequence, 2u);
        auto progress = co_await late->next();
        EXPECT_EQ(progress->kind, EventKind::progress);
        EXPECT_EQ(progress->sequence, 2u);
        EXPECT_EQ(progress->payload.at("done").to_number<int>(), 4);
        open = true;
        auto result = co_await late->next();
        EXPECT_EQ(result->kind, EventKind::result);
        auto end = co_await late->next();
        EXPECT_EQ(boost::json::serialize(end->payload), R"({"state":"succeeded"})");
        EXPECT_EQ(end->sequence, 4u);
    });
    EXPECT_EQ(get(id).progress.value().at("total").to_number<int>(), 10);
}

TEST_F(RunnerTest, TellsTheCourseOfAllWithoutTheirLogs) {
    auto all = runner().subscribe(std::nullopt);
    auto id = start(spec_of("echo"));
    wait(id);
    run_async([&]() -> awaitable<void> {
        for (const char* state : {"pending", "running", "succeeded"}) {
            auto event = co_await all->next();
            EXPECT_EQ(event->payload.at("state").as_string(), state);
        }
        all->close();
        auto end = co_await all->next();
        EXPECT_EQ(end, nullptr);
    });
}

TEST_F(RunnerTest, EndsSubscriptionsAtShutdown) {
    auto subscription = runner().subscribe(std::nullopt);
    life->shutdown();
    run_async([&]() -> awaitable<void> {
        auto end = co_await subscription->next();
        EXPECT_EQ(end, nullptr);
    });
}

TEST_F(RunnerTest, NeverWaitsForSlowSubscribers) {
    auto all = runner().subscribe(std::nullopt);
    std::string first;
    for (std::size_t i = 0; i < Mailbox::capacity / 3; ++i) // of the events that it gets
        first = start(spec_of("echo"));
    auto slow = runner().subscribe(first);
    wait(first);
    for (int i = 0; i < 8; ++i)
        wait(start(spec_of("echo")));
    run_async([&]() -> awaitable<void> {
        std::exception_ptr failure;
        try {
            co_await all->next();
        } catch (...) {
            failure = std::current_exception();
        }
        EXPECT_TRUE(failure != nullptr) << "a subscriber that is behind is told so";
        std::uint64_t expected = 0;
        while (expected < 5) {
            auto event = co_await slow->next();
            EXPECT_EQ(event->sequence, ++expected);
        }
    });
}

TEST_F(RunnerTest, KeepsHistoryAsLongAsTheTypeSays) {
    auto id = start(spec_of("echo"));
    wait(id);
    auto clean_up = [&] {
        return run_async<std::uint64_t>([&]() -> awaitable<std::uint64_t> {
            std::vector<Type> types{{.name = "echo", .retention = std::chrono::hours(24)}};
            co_return co_await runner().history().clean_up(types);
        });
    };
    clock.advance(std::chrono::hours(24));
    EXPECT_EQ(clean_up(), 0u);
    clock.advance(1ms);
    EXPECT_EQ(clean_up(), 1u);
    EXPECT_TRUE(events(id).empty());
}

TEST_F(RunnerTest, ListsByPagesWithTheTotal) {
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(start(spec_of("echo")));
        wait(ids.back());
    }
    run_async([&]() -> awaitable<void> {
        HistoryQuery query;
        query.limit = 2;
        query.filter.state = "succeeded";
        auto first = co_await runner().history().list(query);
        EXPECT_EQ(first.total, 3u);
        EXPECT_EQ(first.operations.at(0).id, ids.at(2));
        query.cursor = first.next;
        auto second = co_await runner().history().list(query);
        EXPECT_EQ(second.operations.size(), 1u);
        EXPECT_EQ(second.operations.at(0).id, ids.at(0));
        EXPECT_FALSE(second.next.has_value());
    });
}

} // namespace
} // namespace cang::operation
