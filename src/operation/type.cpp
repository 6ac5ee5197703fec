#include "operation/type.hpp"

#include <fmt/format.h>

namespace cang::operation {

namespace {

using std::chrono::hours;

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
