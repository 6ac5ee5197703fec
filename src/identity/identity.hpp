// Everything of this room, constructed in the order in which it stands on each other.
#pragma once

#include "identity/api_tokens.hpp"
#include "identity/audit_log.hpp"
#include "identity/authenticator.hpp"
#include "identity/projects.hpp"
#include "identity/robots.hpp"
#include "identity/sessions.hpp"
#include "identity/users.hpp"

namespace cang::identity {

struct Identity {
    // All outlive it.
    Identity(GuardOptions options, sql::Database& database, const Clock& clock, async::BlockingPool& pool)
        : stamps(database), guard(options, database, clock), users(database, passwords, stamps, clock, pool),
          projects(database, guard, stamps, clock), robots(database, stamps, clock), tokens(database, stamps, clock),
          sessions(database, clock), audit(database, clock), authenticator(database, passwords, clock, pool) {}
    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;

    Passwords passwords;
    Stamps stamps;
    Guard guard;
    Users users;
    Projects projects;
    Robots robots;
    ApiTokens tokens;
    Sessions sessions;
    AuditLog audit;
    Authenticator authenticator;
};

} // namespace cang::identity
