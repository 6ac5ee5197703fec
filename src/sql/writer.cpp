#include "sql/writer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <optional>

namespace cang::sql {

namespace {

// More would make the first caller of a group wait for the last without saving much of the sync.
constexpr std::size_t group_limit = 256;

} // namespace

Writer::Writer(OpenOptions options) : options_(std::move(options)), connection_(open_connection(options_)) {}

Writer::~Writer() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
}

std::int64_t Writer::migrate_schema(std::span<const Migration> migrations) { return migrate(*connection_, migrations); }

void Writer::start() {
    thread_ = std::jthread([this] { run(); });
}

void Writer::submit(Job job) {
    {
        std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
}

std::deque<Writer::Job> Writer::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    std::deque<Job> jobs;
    while (!queue_.empty() && jobs.size() < group_limit) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return jobs;
}

void Writer::run() {
    for (std::deque<Job> jobs = take(); !jobs.empty(); jobs = take())
        while (!jobs.empty())
            commit_group(jobs);
}

// Takes jobs from the front until all are done or the transaction broke; the rest stay for the next transaction.
void Writer::commit_group(std::deque<Job>& jobs) {
    std::vector<Finished> finished;
    std::optional<Error> broken;
    try {
        if (!connection_->usable())
            reopen();
        sync_commits(std::ranges::any_of(jobs, &Job::synced));
        connection_->execute_once(options_.engine == Engine::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        run_jobs(jobs, finished);
        connection_->execute_once("COMMIT");
    } catch (...) {
        broken = current_error();
        roll_back();
        if (finished.empty() && !jobs.empty()) { // nothing began: this job has its answer, the next tries again
            finished.push_back({std::move(jobs.front().done), nullptr});
            jobs.pop_front();
        }
    }
    for (Finished& job : finished)
        // One exception each: their readers run on threads of their own, and this one keeps none.
        job.done(broken ? std::make_exception_ptr(*broken) : std::move(job.failure));
}

void Writer::reopen() {
    connection_ = open_connection(options_);
    syncs_commits_ = true;
}

// NORMAL, not OFF: what is moved from the log to the database file is synced all the same, so nothing can be torn.
void Writer::sync_commits(bool on) {
    if (on == syncs_commits_)
        return;
    if (options_.engine == Engine::sqlite)
        connection_->execute_once(on ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    else
        connection_->execute_once(on ? "SET synchronous_commit = on" : "SET synchronous_commit = off");
    syncs_commits_ = on;
}

void Writer::run_jobs(std::deque<Job>& jobs, std::vector<Finished>& finished) {
    while (!jobs.empty()) {
        Job job = std::move(jobs.front());
        jobs.pop_front();
        finished.push_back({std::move(job.done), nullptr});
        connection_->execute("SAVEPOINT job");
        finished.back().failure = run_job(job);
        // A full disk may have rolled back everything already; then the whole group fails for the same reason.
        if (finished.back().failure && !undo_job())
            std::rethrow_exception(finished.back().failure);
        connection_->execute("RELEASE SAVEPOINT job");
    }
}

std::exception_ptr Writer::run_job(Job& job) {
    try {
        job.work(*connection_);
        return nullptr;
    } catch (...) {
        return std::current_exception();
    }
}

bool Writer::undo_job() {
    try {
        connection_->execute("ROLLBACK TO SAVEPOINT job");
        return true;
    } catch (const Error&) {
        return false;
    }
}

void Writer::roll_back() {
    try {
        connection_->execute_once("ROLLBACK");
    } catch (const Error&) {
        // SQLite rolls back by itself when the disk is full, and a lost server has nothing to roll back.
    }
}

} // namespace cang::sql
