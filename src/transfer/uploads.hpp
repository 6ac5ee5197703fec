// Archives that clients upload to import them: resumable, in pieces of any size, or whole.
//
// What an upload is stands in SQL, its bytes in one file named by its id, and how many have arrived is that file's
// length: after any break, also one of the server, a client asks for it and goes on there. Whether the bytes are what
// they should be is found out by the import, which verifies every blob.
//
// May be used from any thread and event loop. Names that clients give are labels, never paths.
#pragma once

#include "async/run_blocking.hpp"
#include "base/clock.hpp"
#include "io/reader.hpp"
#include "sql/database.hpp"

#include <filesystem>
#include <mutex>
#include <unordered_map>

namespace cang::transfer {

struct Upload {
    std::string id;
    std::string name;
    std::uint64_t size = 0;   // as announced
    std::uint64_t offset = 0; // bytes that have arrived
    Timestamp created_at;
    Timestamp expires_at;
    std::string created_by; // whose it is; empty: everybody's

    bool complete() const noexcept { return offset == size; }
};

class Uploads {
public:
    static constexpr std::uint64_t max_bytes = 1024 * GiB;
    static constexpr std::size_t max_name = 255;
    static constexpr std::chrono::hours kept{24}; // after the last byte or use

    // Makes the directory. Database, clock and pool outlive it.
    Uploads(std::filesystem::path directory, sql::Database& database, const Clock& clock, async::BlockingPool& pool);

    // Throws Error{invalid_argument} for a name or size that cannot be, Error{unavailable} when the disk has no room.
    awaitable<Upload> create(std::string name, std::uint64_t size, std::string created_by = {});
    // One whose size nobody knows, whole; what arrived is removed when `bytes` fails.
    awaitable<Upload> receive(std::string name, io::Reader& bytes, std::string created_by = {});
    awaitable<Upload> get(std::string id); // throws Error{not_found}

    struct Appended {
        bool accepted = false;    // false: `offset` is not where the upload goes on; nothing was read
        std::uint64_t offset = 0; // where it goes on
    };
    // Takes bytes from `offset` on. When `bytes` fails, what came until then stays. A writer that another one overtook
    // (its connection is dead, and the client goes on with a new one) throws Error{conflict}; more bytes than announced
    // throw Error{invalid_argument}.
    awaitable<Appended> append(std::string id, std::uint64_t offset, io::Reader& bytes);

    // Somebody needs it: it is kept from now on as long as a new one. Throws Error{not_found}.
    awaitable<Upload> keep(std::string id);
    awaitable<bool> remove(std::string id); // false when it was not there
    // What nobody touched for too long, and files that no upload knows. Returns how many uploads that were.
    awaitable<std::size_t> remove_expired();

    // Of an upload that get() or keep() gave.
    std::filesystem::path file_of(const Upload& upload) const { return directory_ / upload.id; }

private:
    // Who may write to a file; taken for one block at a time, by threads of the pool.
    struct Turn {
        std::mutex mutex;
        std::uint64_t writer = 0; // the newest
    };
    class Writing;

    std::shared_ptr<Turn> turn_of(const std::string& id);
    void forget_turn(const std::string& id, std::shared_ptr<Turn> turn);
    bool is_written(const std::string& id);
    awaitable<void> fill(Writing& writing, io::Reader& bytes, std::uint64_t limit);
    awaitable<void> extend(std::string id);
    std::vector<std::filesystem::path> list_files() const;
    void check_room(std::uint64_t bytes) const;

    std::filesystem::path directory_;
    sql::Database& database_;
    const Clock& clock_;
    async::BlockingPool& pool_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<Turn>> turns_; // of uploads that are written to
};

} // namespace cang::transfer
