// What accounts and tokens look like now, so that what was issued for an older look is void at once: a disabled person,
// a changed password or role, a revoked token. Remembered in memory, as registries check a token with every request;
// whoever changes accounts, members, robots or tokens calls changed(). Thread-safe.
#pragma once

#include "sql/database.hpp"

#include <atomic>
#include <mutex>
#include <unordered_map>

namespace cang::identity {

// What vouches for somebody: "user:7", "robot:3", "token:12".
std::string user_credential(std::int64_t user);
std::string robot_credential(std::int64_t robot);
std::string token_credential(std::int64_t token);

std::optional<std::string> current_stamp(sql::Connection& connection, std::string_view credential);

class Stamps {
public:
    explicit Stamps(sql::Database& database) : database_(database) {}

    // nullopt: gone or disabled, whatever it was. What has expired meanwhile, its tokens outlive by their minutes.
    awaitable<std::optional<std::string>> current(std::string credential);
    bool is_current(std::string_view credential, std::string_view stamp) const; // from memory; false: ask current()
    // After the commit.
    void changed();

private:
    sql::Database& database_;
    mutable std::mutex mutex_;
    std::uint64_t generation_ = 0;
    std::unordered_map<std::string, std::string> known_;
};

} // namespace cang::identity
