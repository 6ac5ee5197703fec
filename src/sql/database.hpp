// The database: a pool of reading connections and one writer.
//
// Reads run in closures over a pooled connection. SQLite point reads take microseconds and run right on the caller's
// thread, also on an event loop; read_slowly() is for scans. On PostgreSQL both run on the blocking pool.
//
// Writes are closures queued to the one writer thread. It runs whatever is queued in a single transaction with a
// savepoint each and makes them durable with one sync; a closure that throws undoes only itself. A caller resumes
// after the commit. So read-decide-write inside one closure is atomic against every other writer of the process.
//
// SQLite by default; PostgreSQL where the location starts with postgresql:// or postgres://.
#pragma once

#include "async/run_blocking.hpp"
#include "sql/connection.hpp"
#include "sql/migration.hpp"

#include <future>

namespace cang::sql {

// Called on the writer's thread once the fate of a write is known and before its caller resumes, also when it failed
// (a commit whose answer was lost may have happened). Must not throw and must not block.
using Settled = std::function<void()>;

enum class Durability { synced, unsynced };

class Database {
public:
    // Opens, creates and migrates. Throws Error, kinds as for statements: already_exists (unique key), conflict (other
    // constraint), unavailable (disk full, busy, server away), corrupt, unsupported (newer schema).
    Database(std::string location, std::span<const Migration> migrations, async::BlockingPool& pool);
    ~Database(); // finishes what is queued
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Engine engine() const noexcept;
    std::int64_t schema_version_before() const noexcept; // as found when opened, before migrations

    // `work` takes a Connection& and must only read; it must not suspend.
    template <typename Work>
    auto read(Work work) -> awaitable<std::invoke_result_t<Work&, Connection&>> {
        if (engine() == Engine::sqlite)
            co_return read_now(work);
        auto elsewhere = [this, work = std::move(work)]() mutable { return read_now(work); };
        co_return co_await async::run_blocking(pool_, std::move(elsewhere));
    }
    template <typename Work>
    auto read_slowly(Work work) -> awaitable<std::invoke_result_t<Work&, Connection&>> {
        auto elsewhere = [this, work = std::move(work)]() mutable { return read_now(work); };
        co_return co_await async::run_blocking(pool_, std::move(elsewhere));
    }
    // Blocks the calling thread.
    template <typename Work>
    auto read_now(Work&& work) -> std::invoke_result_t<Work&, Connection&> {
        Lease lease(*this);
        return work(*lease.connection);
    }

    template <typename Work>
    auto write(Work work, Settled settled = {}) -> awaitable<std::invoke_result_t<Work&, Connection&>> {
        using Result = std::invoke_result_t<Work&, Connection&>;
        auto outcome = std::make_shared<Outcome<Result>>();
        auto initiate = [this, outcome](auto handler, Work job, Settled hook) {
            auto home = asio::get_associated_executor(handler);
            // Keeps the caller's event loop alive while the writer works. It travels with the completion, so that
            // nothing of the loop is touched from here once the caller runs.
            auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
            auto resume = [home, guard, handler = std::make_shared<decltype(handler)>(std::move(handler)),
                           hook = std::move(hook)](std::exception_ptr failure) mutable {
                if (hook)
                    hook();
                asio::post(home,
                           [guard = std::move(guard), handler = std::move(handler),
                            failure = std::move(failure)]() mutable { std::move (*handler)(std::move(failure)); });
            };
            auto shared = std::make_shared<Work>(std::move(job));
            submit([outcome, shared](Connection& connection) { outcome->run(*shared, connection); }, std::move(resume));
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
            initiate, asio::use_awaitable, std::move(work), std::move(settled));
        if constexpr (!std::is_void_v<Result>)
            co_return std::move(*outcome->value);
    }
    // Blocks the calling thread until the write is done; for start-up and shutdown. Without a sync, a power cut may
    // undo it together with everything after the last durable write; a crash of the process never does.
    template <typename Work>
    auto write_now(Work work, Durability durability = Durability::synced) -> std::invoke_result_t<Work&, Connection&> {
        using Result = std::invoke_result_t<Work&, Connection&>;
        Outcome<Result> outcome;
        std::exception_ptr failed;
        std::promise<void> done;
        submit([&](Connection& connection) { outcome.run(work, connection); },
               [&](std::exception_ptr failure) {
                   failed = std::move(failure);
                   done.set_value();
               },
               durability);
        done.get_future().get();
        if (failed)
            std::rethrow_exception(std::move(failed));
        if constexpr (!std::is_void_v<Result>)
            return std::move(*outcome.value);
    }

private:
    template <typename Result>
    struct Outcome {
        std::optional<Result> value;
        template <typename Work>
        void run(Work& work, Connection& connection) {
            value.emplace(work(connection));
        }
    };
    struct Lease {
        explicit Lease(Database& owner);
        ~Lease();
        Database& database;
        std::unique_ptr<Connection> connection;
    };
    void submit(std::function<void(Connection&)> work, std::function<void(std::exception_ptr)> done,
                Durability durability = Durability::synced);

    struct Core;
    std::unique_ptr<Core> core_;
    async::BlockingPool& pool_;
};

template <>
struct Database::Outcome<void> {
    template <typename Work>
    void run(Work& work, Connection& connection) {
        work(connection);
    }
};

} // namespace cang::sql
