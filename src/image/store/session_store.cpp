#include "image/store/session_store.hpp"

namespace cang::store {

namespace {

using Text = std::string;
using Number = std::int64_t;
using Columns = std::tuple<RowId, Text, RowId, Text, Text, Text, Number, Number>;

SessionRow to_row(Columns columns) {
    auto& [row, id, user, kind, address, agent, created, expires] = columns;
    return {row,
            std::move(id),
            user,
            std::move(kind),
            std::move(address),
            std::move(agent),
            from_millis(created),
            from_millis(expires)};
}

template <typename... Parameters>
std::vector<SessionRow> read_rows(sql::Connection& connection, std::string_view query,
                                  const Parameters&... parameters) {
    std::vector<SessionRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, RowId, Text, Text, Text, Number, Number>(query, visit, parameters...);
    return rows;
}

} // namespace

void SessionStore::create(const SessionRow& session) {
    connection_.execute("INSERT INTO sessions (session_id, user_id, kind, address, user_agent, created_at, expires_at) "
                        "VALUES (:id, :user, :kind, :address, :agent, :created, :expires)",
                        session.id, session.user, session.kind, session.address, session.user_agent,
                        to_millis(session.created_at), to_millis(session.expires_at));
}

std::optional<SessionRow> SessionStore::find(const std::string& id) {
    auto rows = read_rows(connection_,
                          "SELECT id, session_id, user_id, kind, address, user_agent, created_at, expires_at "
                          "FROM sessions WHERE session_id = :id",
                          id);
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::vector<SessionRow> SessionStore::list(RowId user, Timestamp now) {
    return read_rows(connection_,
                     "SELECT id, session_id, user_id, kind, address, user_agent, created_at, expires_at "
                     "FROM sessions WHERE user_id = :user AND expires_at > :now ORDER BY id DESC",
                     user, to_millis(now));
}

bool SessionStore::remove(const std::string& id) {
    return connection_.execute("DELETE FROM sessions WHERE session_id = :id", id) > 0;
}

std::uint64_t SessionStore::remove_others(RowId user, const std::string& kept) {
    return connection_.execute("DELETE FROM sessions WHERE user_id = :user AND session_id <> :kept", user, kept);
}

std::uint64_t SessionStore::remove_expired(Timestamp now) {
    return connection_.execute("DELETE FROM sessions WHERE expires_at <= :now", to_millis(now));
}

} // namespace cang::store
