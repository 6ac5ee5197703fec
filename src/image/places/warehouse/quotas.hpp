// Private to this room: what a project may store. How much it stores is counted when it matters and kept nowhere, so it
// cannot drift from the truth; an upper bound in memory saves the counting while there is room.
#pragma once

#include "sql/connection.hpp"

#include <mutex>
#include <string>
#include <unordered_map>

namespace cang::warehouse {

class Quotas {
public:
    // Inside a write, when `added` bytes at most have just come to the repository: throws Error{permission_denied},
    // which undoes the write, when its project stores more than it may.
    void require_kept(sql::Connection& connection, const std::string& repository, std::uint64_t added);
    // Before anything is sent: throws when the project is full already.
    static void require_room(sql::Connection& connection, const std::string& repository);

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::uint64_t> bounds_; // by project: no more than this was there
};

} // namespace cang::warehouse
