// Private to this room: the thread that owns the writing connection and commits queued work in groups.
#pragma once

#include "sql/connection_state.hpp"
#include "sql/migration.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace cang::sql {

class Writer {
public:
    struct Job {
        std::function<void(Connection&)> work;
        std::function<void(std::exception_ptr)> done; // after the commit, or with what went wrong
        bool synced = true;                           // the group is not synced when none of its jobs asks for it
    };

    explicit Writer(OpenOptions options);
    ~Writer();

    std::int64_t migrate_schema(std::span<const Migration> migrations); // before start()
    void start();
    void submit(Job job);

private:
    struct Finished {
        std::function<void(std::exception_ptr)> done;
        std::exception_ptr failure;
    };
    void run();
    std::deque<Job> take();
    void commit_group(std::deque<Job>& jobs);
    void reopen();
    void sync_commits(bool on);
    void run_jobs(std::deque<Job>& jobs, std::vector<Finished>& finished);
    std::exception_ptr run_job(Job& job);
    bool undo_job(); // false when the transaction is gone
    void roll_back();

    OpenOptions options_;
    std::unique_ptr<Connection> connection_;
    bool syncs_commits_ = true; // as opened
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> queue_;
    bool stopping_ = false;
    std::jthread thread_; // last: joined first
};

} // namespace cang::sql
