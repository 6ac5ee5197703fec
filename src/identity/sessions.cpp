#include "identity/sessions.hpp"

#include "base/bytes.hpp"
#include "identity/names.hpp"
#include "identity/stamps.hpp"
#include "image/store/audit_store.hpp"

#include <fmt/format.h>

namespace cang::identity {

namespace {

constexpr std::size_t kIdBytes = 16;

} // namespace

Caller caller_for(const store::UserRow& user) {
    return {.kind = Caller::Kind::user,
            .name = user.name,
            .user = user.row,
            .user_id = user.id,
            .admin = user.admin,
            .epoch = user.epoch,
            .credential = user_credential(user.row),
            .stamp = fmt::format("{}.{}", user.epoch, user.rights)};
}

Sessions::Sessions(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

awaitable<Session> Sessions::open(store::UserRow user, std::string kind, std::chrono::seconds life,
                                  std::string user_agent, Actor actor) {
    auto now = clock_.now();
    Session session{.id = random_hex(kIdBytes),
                    .user = user.row,
                    .kind = std::move(kind),
                    .address = actor.address,
                    .user_agent = label_of(user_agent),
                    .created_at = now,
                    .expires_at = now + life};
    auto add = [&](sql::Connection& connection) {
        store::SessionStore(connection).create(session);
        store::UserStore(connection).set_last_login(user.row, now);
        store::AuditStore(connection)
            .append({.at = now, .actor = actor, .action = "session.create", .resource = "user " + user.name});
    };
    co_await database_.write(add);
    co_return session;
}

awaitable<CallerPtr> Sessions::find(std::string id) {
    auto look = [this, &id](sql::Connection& connection) -> CallerPtr {
        auto session = store::SessionStore(connection).find(id);
        if (!session || session->expires_at <= clock_.now())
            return nullptr;
        auto user = store::UserStore(connection).find(session->user);
        if (!user || user->disabled)
            return nullptr;
        auto caller = std::make_shared<Caller>(caller_for(*user));
        caller->via = "session";
        caller->session = session->id;
        return caller;
    };
    co_return co_await database_.read(look);
}

awaitable<std::vector<Session>> Sessions::list(store::RowId user) {
    auto look = [this, user](sql::Connection& connection) {
        return store::SessionStore(connection).list(user, clock_.now());
    };
    co_return co_await database_.read(look);
}

awaitable<bool> Sessions::end(store::RowId user, std::string id, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        store::SessionStore sessions(connection);
        auto session = sessions.find(id);
        if (!session || session->user != user)
            return false;
        sessions.remove(id);
        store::AuditStore(connection)
            .append({.at = clock_.now(), .actor = actor, .action = "session.delete", .resource = "user " + actor.name});
        return true;
    };
    co_return co_await database_.write(change);
}

awaitable<void> Sessions::remove_expired() {
    auto change = [now = clock_.now()](sql::Connection& connection) {
        store::SessionStore(connection).remove_expired(now);
    };
    co_await database_.write(change);
}

} // namespace cang::identity
