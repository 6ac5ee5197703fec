#include "operation/type.hpp"

#include <fmt/format.h>

namespace cang::operation {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

// A collection that finds another one running fails at once, by what it runs; so it has no limit here.
constexpr Type kTypes[] = {
    {.name = "registry.gc",
     .title = "Collect garbage",
     .permission = Permission::administer,
     .concurrency = 0,
     .timeout = hours(24),
     .retry = {.attempts = 1},
     .retention = hours(24 * 30),
     .resumable = false},
    // Within a copy every request is tried again for some seconds; the operation's own attempts are for a peer that is
    // away for longer. Copies share the line and the disk, so only some run at once.
    {.name = "copy",
     .title = "Copy an image",
     .permission = Permission::write,
     .concurrency = 4,
     .timeout = hours(24),
     .retry = {.attempts = 3, .first_delay = seconds(5)},
     .retention = hours(24 * 30),
     .resumable = true},
    // Its images are tried one by one, and one that fails does not end the others.
    {.name = "sync",
     .title = "Sync images",
     .permission = Permission::write,
     .concurrency = 2,
     .timeout = hours(24 * 7),
     .retry = {.attempts = 1},
     .retention = hours(24 * 30),
     .resumable = true},
    {.name = "import",
     .title = "Import an archive",
     .permission = Permission::write,
     .concurrency = 2,
     .timeout = hours(24),
     .retry = {.attempts = 1},
     .retention = hours(24 * 30),
     .resumable = true},
    {.name = "export",
     .title = "Export images into an archive",
     .permission = Permission::read,
     .concurrency = 2,
     .timeout = hours(24),
     .retry = {.attempts = 3, .first_delay = seconds(5)},
     .retention = hours(24 * 30),
     .resumable = true},
};

} // namespace

std::span<const Type> type_table() { return kTypes; }

const Type& get_type(std::string_view name) {
    for (const Type& type : kTypes)
        if (type.name == name)
            return type;
    throw Error(ErrorKind::internal, fmt::format("there is no operation type {}", name));
}

} // namespace cang::operation
