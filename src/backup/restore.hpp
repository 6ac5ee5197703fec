// Makes a data directory from a backup.
#pragma once

#include "async/run_blocking.hpp"
#include "backup/create.hpp"

namespace cang::backup {

struct Restored {
    std::string name;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // of the objects
};

// Into `target`, which must be absent or an empty directory (Error{conflict}); on the disk for good when this returns.
// Every byte is verified on the way: throws Error{corrupt} and names all objects that are damaged or missing. What
// throws leaves nothing behind; a kill leaves a directory that no program opens and that says why.
awaitable<Restored> restore(const Directory& source, std::string name, std::filesystem::path target,
                            async::BlockingPool& pool, Progress progress = {});

} // namespace cang::backup
