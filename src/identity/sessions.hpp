// Sessions of people: rows, so that each can be seen and ended. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "identity/caller.hpp"
#include "image/store/session_store.hpp"
#include "image/store/user_store.hpp"
#include "sql/database.hpp"

namespace cang::identity {

using Session = store::SessionRow;

class Sessions {
public:
    Sessions(sql::Database& database, const Clock& clock);

    // A new one, never one that somebody else might know. `via` is how they proved who they are; audited.
    awaitable<Session> open(store::UserRow user, std::string kind, std::chrono::seconds life, std::string user_agent,
                            Actor actor);
    // Null when it has ended, or its person is gone or disabled.
    awaitable<CallerPtr> find(std::string id);
    awaitable<std::vector<Session>> list(store::RowId user);
    // Of this user; false when there was none. Audited.
    awaitable<bool> end(store::RowId user, std::string id, Actor actor);
    awaitable<void> remove_expired();

private:
    sql::Database& database_;
    const Clock& clock_;
};

// What somebody is who proved to be `user`.
Caller caller_for(const store::UserRow& user);

} // namespace cang::identity
