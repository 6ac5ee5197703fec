#include "image/store/api_token_store.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of ApiTokenRow.
constexpr std::string_view kColumns =
    "id, token_id, user_id, name, token_hash, scopes, created_at, expires_at, last_used_at";

using Text = std::string;
using Number = std::int64_t;
using MaybeNumber = std::optional<std::int64_t>;
using Columns = std::tuple<RowId, Text, RowId, Text, Text, Text, Number, MaybeNumber, MaybeNumber>;

ApiTokenRow to_row(Columns columns) {
    auto& [row, id, user, name, hash, scopes, created, expires, used] = columns;
    return {.row = row,
            .id = std::move(id),
            .user = user,
            .name = std::move(name),
            .token_hash = std::move(hash),
            .scopes = std::move(scopes),
            .created_at = from_millis(created),
            .expires_at = expires ? std::optional(from_millis(*expires)) : std::nullopt,
            .last_used_at = used ? std::optional(from_millis(*used)) : std::nullopt};
}

template <typename... Parameters>
std::vector<ApiTokenRow> read_rows(sql::Connection& connection, std::string_view query,
                                   const Parameters&... parameters) {
    std::vector<ApiTokenRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, RowId, Text, Text, Text, Number, MaybeNumber, MaybeNumber>(query, visit,
                                                                                            parameters...);
    return rows;
}

std::optional<ApiTokenRow> first_of(std::vector<ApiTokenRow> rows) {
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

} // namespace

RowId ApiTokenStore::create(const ApiTokenRow& token) {
    auto expires = token.expires_at ? std::optional(to_millis(*token.expires_at)) : std::nullopt;
    return connection_
        .find<RowId>("INSERT INTO api_tokens (token_id, user_id, name, token_hash, scopes, created_at, expires_at) "
                     "VALUES (:id, :user, :name, :hash, :scopes, :created, :expires) RETURNING id",
                     token.id, token.user, token.name, token.token_hash, token.scopes, to_millis(token.created_at),
                     expires)
        .value();
}

std::optional<ApiTokenRow> ApiTokenStore::find(const std::string& id) {
    static const auto query = fmt::format("SELECT {} FROM api_tokens WHERE token_id = :id", kColumns);
    return first_of(read_rows(connection_, query, id));
}

std::optional<ApiTokenRow> ApiTokenStore::find_by_hash(const std::string& hash) {
    static const auto query = fmt::format("SELECT {} FROM api_tokens WHERE token_hash = :hash", kColumns);
    return first_of(read_rows(connection_, query, hash));
}

std::vector<ApiTokenRow> ApiTokenStore::list(RowId user) {
    static const auto query = fmt::format("SELECT {} FROM api_tokens WHERE user_id = :user ORDER BY id DESC", kColumns);
    return read_rows(connection_, query, user);
}

void ApiTokenStore::set_last_used(RowId token, Timestamp now) {
    connection_.execute("UPDATE api_tokens SET last_used_at = :now WHERE id = :id", to_millis(now), token);
}

bool ApiTokenStore::remove(RowId token) {
    return connection_.execute("DELETE FROM api_tokens WHERE id = :id", token) > 0;
}

} // namespace cang::store
