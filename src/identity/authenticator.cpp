#include "identity/authenticator.hpp"

#include "identity/names.hpp"
#include "identity/sessions.hpp"
#include "image/store/audit_store.hpp"

#include <fmt/format.h>

namespace cang::identity {

namespace {

// So often the time of the last use is written down, and the use audited.
constexpr std::chrono::minutes kUseInterval{10};

bool is_due(const std::optional<Timestamp>& last, Timestamp now) { return !last || now - *last >= kUseInterval; }

bool is_over(const std::optional<Timestamp>& expires, Timestamp now) { return expires && *expires <= now; }

std::optional<Scopes> stored_scopes(const std::string& text) {
    if (text.empty())
        return std::nullopt;
    return parse_scopes(text).value_or(Scopes());
}

// A person, a robot or nobody, and whether the use is worth writing down.
struct Found {
    std::shared_ptr<Caller> caller;
    store::RowId token = 0;
    store::RowId robot = 0;
    bool due = false;
};

Found find_token(sql::Connection& connection, const std::string& hash, Timestamp now) {
    auto token = store::ApiTokenStore(connection).find_by_hash(hash);
    if (!token || is_over(token->expires_at, now))
        return {};
    auto user = store::UserStore(connection).find(token->user);
    if (!user || user->disabled)
        return {};
    auto caller = std::make_shared<Caller>(caller_for(*user));
    caller->via = "token " + token->name;
    caller->credential = token_credential(token->row);
    caller->scopes = stored_scopes(token->scopes);
    return {.caller = std::move(caller), .token = token->row, .due = is_due(token->last_used_at, now)};
}

Found find_robot(sql::Connection& connection, const std::string& name, const std::string& hash, Timestamp now) {
    store::RobotStore robots(connection);
    std::optional<Robot> robot;
    if (!name.empty())
        robot = robots.find_by_name(name);
    else if (auto id = connection.find<std::string>("SELECT robot_id FROM robots WHERE secret_hash = :hash", hash))
        robot = robots.find(*id);
    if (!robot || robot->disabled || is_over(robot->expires_at, now) || !Secret(robot->secret_hash).equals(hash))
        return {};
    auto caller = std::make_shared<Caller>(caller_for(*robot));
    return {.caller = std::move(caller), .robot = robot->row, .due = is_due(robot->last_used_at, now)};
}

} // namespace

Authenticator::Authenticator(sql::Database& database, Passwords& passwords, const Clock& clock,
                             async::BlockingPool& pool)
    : database_(database), passwords_(passwords), clock_(clock), pool_(pool), addresses_(clock),
      accounts_(clock, LoginLimiter::max_account_failures) {}

bool Authenticator::is_secret(std::string_view text) noexcept {
    return text.starts_with(ApiTokens::secret_prefix) || text.starts_with(Robots::secret_prefix);
}

void Authenticator::require_allowed(const Attempt& attempt) {
    auto address = addresses_.blocked(attempt.address);
    // Nobody guesses a secret that was made up, so strangers can't lock its owner out.
    auto account = is_secret(attempt.secret.reveal()) ? std::nullopt : accounts_.blocked(attempt.user);
    if (!address && !account)
        return;
    Error error(ErrorKind::rate_limited,
                address ? "too many failed sign-ins from this address" : "too many failed sign-ins to this account");
    throw error.with_retry_after(
        std::max(address.value_or(std::chrono::milliseconds(0)), account.value_or(std::chrono::milliseconds(0))));
}

awaitable<CallerPtr> Authenticator::sign_in(Attempt attempt) {
    if (is_secret(attempt.secret.reveal()))
        co_return co_await by_secret(attempt);
    co_return co_await by_password(attempt);
}

awaitable<CallerPtr> Authenticator::find_bearer(Attempt attempt) {
    attempt.user.clear();
    co_return co_await by_secret(attempt);
}

awaitable<CallerPtr> Authenticator::by_password(const Attempt& attempt) {
    auto look = [&attempt](sql::Connection& connection) {
        return store::UserStore(connection).find_by_name(attempt.user);
    };
    auto user = co_await database_.read(look);
    std::string hash = user && !user->disabled ? user->password_hash : std::string();
    bool remembered = passwords_.remembers(attempt.user, attempt.secret, hash);
    bool right = remembered;
    if (!remembered) {
        require_allowed(attempt);
        auto work = [this, &attempt, &hash] { return passwords_.verify(attempt.user, attempt.secret, hash); };
        right = co_await async::run_blocking(pool_, work);
        co_await record(attempt, right, "password");
    }
    if (!right)
        co_return nullptr;
    auto caller = std::make_shared<Caller>(caller_for(*user));
    caller->via = "password";
    co_return caller;
}

awaitable<CallerPtr> Authenticator::by_secret(const Attempt& attempt) {
    auto now = clock_.now();
    auto hash = hash_of_secret(attempt.secret);
    bool personal = attempt.secret.reveal().starts_with(ApiTokens::secret_prefix);
    auto look = [&](sql::Connection& connection) {
        auto one = personal ? find_token(connection, hash, now) : find_robot(connection, attempt.user, hash, now);
        if (one.caller)
            one.caller->stamp = current_stamp(connection, one.caller->credential).value_or("");
        return one;
    };
    Found found = co_await database_.read(look);
    // With a name, it has to be the right one.
    if (found.caller && !attempt.user.empty() && found.caller->name != attempt.user)
        found = {};
    // Who has the right one goes on working behind an address from which others guess.
    if (!found.caller)
        require_allowed(attempt);
    if (!found.caller || found.due) {
        auto used = [&found, now](sql::Connection& connection) {
            if (found.token != 0)
                store::ApiTokenStore(connection).set_last_used(found.token, now);
            if (found.robot != 0)
                store::RobotStore(connection).set_last_used(found.robot, now);
        };
        if (found.caller)
            co_await database_.write(used);
        auto told = attempt;
        if (told.user.empty() && found.caller)
            told.user = found.caller->name;
        co_await record(std::move(told), found.caller != nullptr, personal ? "token" : "robot");
    }
    co_return found.caller;
}

awaitable<void> Authenticator::record(Attempt attempt, bool right, std::string via) {
    if (!right) {
        addresses_.add_failure(attempt.address);
        if (!is_secret(attempt.secret.reveal()))
            accounts_.add_failure(attempt.user);
    }
    auto name = label_of(attempt.user);
    store::AuditRow event{.at = clock_.now(),
                          .actor = {.name = name.empty() ? "anonymous" : name,
                                    .via = std::move(via),
                                    .address = attempt.address,
                                    .request_id = attempt.request_id},
                          .action = "sign-in",
                          .resource = name.empty() ? std::string() : "user " + name,
                          .result = right ? "ok" : "denied",
                          .message = right ? "" : "the name or the secret is wrong"};
    auto write = [&event](sql::Connection& connection) { store::AuditStore(connection).append(event); };
    co_await database_.write(write);
}

} // namespace cang::identity
