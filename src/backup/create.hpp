// Makes a backup of a data directory, whether a server runs on it or not; see the essay in create.cpp.
#pragma once

#include "async/run_blocking.hpp"
#include "backup/directory.hpp"
#include "image/places/warehouse/collector.hpp"

namespace cang::backup {

// "database", "objects", "files".
using Progress = std::function<void(const warehouse::CollectProgress&)>;

struct Created {
    std::string name;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // of the objects
    std::uint64_t new_objects = 0;
    std::uint64_t new_bytes = 0;      // of objects that no earlier backup had
    std::uint64_t database_bytes = 0; // is copied whole each time
};

// Every image acknowledged before the call is in it, unless it was deleted before the call. Not in it: uploads and
// archives on their way in or out.
//
// `target` is open to write. Killed or cancelled, it leaves earlier backups as they are, and what was copied of objects
// for the next. Throws Error{corrupt} when objects are damaged or missing, after having copied all others.
awaitable<Created> create(Directory& target, std::filesystem::path data_directory, const Clock& clock,
                          async::BlockingPool& pool, Progress progress = {});

} // namespace cang::backup
