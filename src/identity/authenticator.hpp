// Finds out who somebody is from a name and a secret: a password, a personal token or a robot's secret. Counts failures
// by address, those of passwords by account too, and audits each that was not remembered. Thread-safe.
#pragma once

#include "identity/api_tokens.hpp"
#include "identity/login_limiter.hpp"
#include "identity/passwords.hpp"
#include "identity/robots.hpp"

namespace cang::identity {

struct Attempt {
    std::string user; // as given; empty where a token says it all
    Secret secret;
    std::string address;
    std::string request_id = {};
};

class Authenticator {
public:
    Authenticator(sql::Database& database, Passwords& passwords, const Clock& clock, async::BlockingPool& pool);

    // Null: wrong, without a word on what was. Throws Error{rate_limited} for an address or an account with too many
    // failures.
    awaitable<CallerPtr> sign_in(Attempt attempt);
    // The same for a token without a name. Null for a secret that is none of ours, which counts as a failure too.
    awaitable<CallerPtr> find_bearer(Attempt attempt);
    // "cang_pat_…", "cang_robot_…"
    static bool is_secret(std::string_view text) noexcept;

private:
    awaitable<CallerPtr> by_password(const Attempt& attempt);
    awaitable<CallerPtr> by_secret(const Attempt& attempt);
    void require_allowed(const Attempt& attempt);
    awaitable<void> record(Attempt attempt, bool right, std::string via);

    sql::Database& database_;
    Passwords& passwords_;
    const Clock& clock_;
    async::BlockingPool& pool_;
    LoginLimiter addresses_;
    LoginLimiter accounts_;
};

} // namespace cang::identity
