// Removes old backups, and the objects that no backup needs any more.
#pragma once

#include "async/run_blocking.hpp"
#include "backup/create.hpp"

namespace cang::backup {

struct Pruned {
    std::vector<std::string> names; // of the backups that are gone
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // of objects
};

// Keeps the newest `keep`, at least one. `target` is open to write. Objects go only when the lists of all backups that
// stay could be read: throws Error{corrupt} otherwise, with the old backups gone. Killed in the middle, it leaves whole
// backups and objects that the next call removes.
awaitable<Pruned> prune(Directory& target, std::size_t keep, async::BlockingPool& pool, Progress progress = {});

} // namespace cang::backup
