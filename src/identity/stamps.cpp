#include "identity/stamps.hpp"

#include "image/store/api_token_store.hpp"
#include "image/store/robot_store.hpp"
#include "image/store/user_store.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::identity {

namespace {

constexpr std::size_t kMaxKnown = 10'000;

std::optional<std::string> stamp_of_user(sql::Connection& connection, store::RowId row) {
    auto user = store::UserStore(connection).find(row);
    if (!user || user->disabled)
        return std::nullopt;
    return fmt::format("{}.{}", user->epoch, user->rights);
}

std::optional<std::string> stamp_of_robot(sql::Connection& connection, store::RowId row) {
    auto found = connection.find<std::string, std::string>(
        "SELECT secret_hash, scopes FROM robots WHERE id = :id AND disabled = 0", row);
    if (!found)
        return std::nullopt;
    auto& [hash, scopes] = *found;
    return hash.substr(0, 16) + std::to_string(std::hash<std::string>()(scopes));
}

std::optional<std::string> stamp_of_token(sql::Connection& connection, store::RowId row) {
    auto user = connection.find<store::RowId>("SELECT user_id FROM api_tokens WHERE id = :id", row);
    return user ? stamp_of_user(connection, *user) : std::nullopt;
}

} // namespace

std::optional<std::string> current_stamp(sql::Connection& connection, std::string_view credential) {
    auto colon = credential.find(':');
    store::RowId row = 0;
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto number = credential.substr(colon + 1);
    if (std::from_chars(number.data(), number.data() + number.size(), row).ec != std::errc{})
        return std::nullopt;
    auto kind = credential.substr(0, colon);
    if (kind == "user")
        return stamp_of_user(connection, row);
    if (kind == "robot")
        return stamp_of_robot(connection, row);
    return kind == "token" ? stamp_of_token(connection, row) : std::nullopt;
}

std::string user_credential(std::int64_t user) { return fmt::format("user:{}", user); }
std::string robot_credential(std::int64_t robot) { return fmt::format("robot:{}", robot); }
std::string token_credential(std::int64_t token) { return fmt::format("token:{}", token); }

bool Stamps::is_current(std::string_view credential, std::string_view stamp) const {
    std::lock_guard lock(mutex_);
    auto known = known_.find(std::string(credential));
    return known != known_.end() && known->second == stamp;
}

awaitable<std::optional<std::string>> Stamps::current(std::string credential) {
    std::uint64_t generation = 0;
    {
        std::lock_guard lock(mutex_);
        generation = generation_;
    }
    auto look = [&credential](sql::Connection& connection) { return current_stamp(connection, credential); };
    auto stamp = co_await database_.read(look);
    std::lock_guard lock(mutex_);
    // What was read before a change must not be remembered after it.
    if (stamp && generation == generation_) {
        if (known_.size() >= kMaxKnown)
            known_.clear();
        known_[std::move(credential)] = *stamp;
    }
    co_return stamp;
}

void Stamps::changed() {
    std::lock_guard lock(mutex_);
    ++generation_;
    known_.clear();
}

} // namespace cang::identity
