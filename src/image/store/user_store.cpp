#include "image/store/user_store.hpp"

#include "image/store/search_text.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of UserRow.
constexpr std::string_view kColumns = "id, user_id, name, display_name, email, password_hash, issuer, subject, admin, "
                                      "disabled, epoch, rights, created_at, updated_at, last_login_at";
constexpr std::string_view kMatches = "(CAST(:any_text AS TEXT) = '' OR search_text LIKE :pattern ESCAPE '\\')";

using Text = std::string;
using MaybeText = std::optional<std::string>;
using Number = std::int64_t;
using MaybeNumber = std::optional<std::int64_t>;
using Columns = std::tuple<RowId, Text, Text, Text, Text, Text, MaybeText, MaybeText, Number, Number, Number, Number,
                           Number, Number, MaybeNumber>;

UserRow to_row(Columns columns) {
    auto& [row, id, name, display, email, hash, issuer, subject, admin, disabled, epoch, rights, created, updated,
           login] = columns;
    return {.row = row,
            .id = std::move(id),
            .name = std::move(name),
            .display_name = std::move(display),
            .email = std::move(email),
            .password_hash = std::move(hash),
            .issuer = std::move(issuer),
            .subject = std::move(subject),
            .admin = admin != 0,
            .disabled = disabled != 0,
            .epoch = epoch,
            .rights = rights,
            .created_at = from_millis(created),
            .updated_at = from_millis(updated),
            .last_login_at = login ? std::optional(from_millis(*login)) : std::nullopt};
}

template <typename... Parameters>
std::vector<UserRow> read_rows(sql::Connection& connection, std::string_view query, const Parameters&... parameters) {
    std::vector<UserRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, Text, Text, Text, Text, MaybeText, MaybeText, Number, Number, Number, Number, Number,
                    Number, MaybeNumber>(query, visit, parameters...);
    return rows;
}

std::optional<UserRow> first_of(std::vector<UserRow> rows) {
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::string search_text(const UserRow& user) {
    return searchable(user.name + "\n" + user.display_name + "\n" + user.email);
}

// Statements are kept by their texts, which must stay.
const std::string& list_query(NameOrder order) {
    static const auto query = [](std::string_view by) {
        return fmt::format("SELECT {} FROM users WHERE {} ORDER BY {} LIMIT :limit OFFSET :offset", kColumns, kMatches,
                           by);
    };
    static const std::string by_name = query("name");
    static const std::string by_name_descending = query("name DESC");
    static const std::string by_age = query("id");
    static const std::string by_age_descending = query("id DESC");
    switch (order) {
    case NameOrder::name: return by_name;
    case NameOrder::name_descending: return by_name_descending;
    case NameOrder::created: return by_age;
    case NameOrder::created_descending: return by_age_descending;
    }
    return by_name;
}

} // namespace

RowId UserStore::create(const UserRow& user) {
    return connection_
        .find<RowId>("INSERT INTO users (user_id, name, display_name, email, password_hash, issuer, subject, admin, "
                     "disabled, epoch, rights, search_text, created_at, updated_at) VALUES (:id, :name, :display, "
                     ":email, :hash, :issuer, :subject, :admin, :disabled, :epoch, :rights, :search_text, :created, "
                     ":updated) RETURNING id",
                     user.id, user.name, user.display_name, user.email, user.password_hash, user.issuer, user.subject,
                     user.admin, user.disabled, user.epoch, user.rights, search_text(user), to_millis(user.created_at),
                     to_millis(user.updated_at))
        .value();
}

std::optional<UserRow> UserStore::find(const std::string& id) {
    static const auto query = fmt::format("SELECT {} FROM users WHERE user_id = :id", kColumns);
    return first_of(read_rows(connection_, query, id));
}

std::optional<UserRow> UserStore::find(RowId row) {
    static const auto query = fmt::format("SELECT {} FROM users WHERE id = :id", kColumns);
    return first_of(read_rows(connection_, query, row));
}

std::optional<UserRow> UserStore::find_by_name(const std::string& name) {
    static const auto query = fmt::format("SELECT {} FROM users WHERE name = :name", kColumns);
    return first_of(read_rows(connection_, query, name));
}

std::optional<UserRow> UserStore::find_by_subject(const std::string& issuer, const std::string& subject) {
    static const auto query =
        fmt::format("SELECT {} FROM users WHERE issuer = :issuer AND subject = :subject", kColumns);
    return first_of(read_rows(connection_, query, issuer, subject));
}

std::vector<UserRow> UserStore::list(const std::string& text, NameOrder order, std::size_t limit, std::size_t offset) {
    return read_rows(connection_, list_query(order), text, search_pattern(text), limit, offset);
}

std::uint64_t UserStore::count(const std::string& text) {
    static const auto query = fmt::format("SELECT COUNT(*) FROM users WHERE {}", kMatches);
    return connection_.find<std::uint64_t>(query, text, search_pattern(text)).value();
}

std::uint64_t UserStore::count_admins() {
    return connection_.find<std::uint64_t>("SELECT COUNT(*) FROM users WHERE admin = 1 AND disabled = 0").value();
}

std::uint64_t UserStore::count_projects(RowId user) {
    return connection_.find<std::uint64_t>("SELECT COUNT(*) FROM project_members WHERE user_id = :user", user).value();
}

void UserStore::update(const UserRow& user) {
    connection_.execute("UPDATE users SET name = :name, display_name = :display, email = :email, "
                        "password_hash = :hash, issuer = :issuer, subject = :subject, admin = :admin, "
                        "disabled = :disabled, epoch = :epoch, rights = :rights, search_text = :search_text, "
                        "updated_at = :updated WHERE id = :id",
                        user.name, user.display_name, user.email, user.password_hash, user.issuer, user.subject,
                        user.admin, user.disabled, user.epoch, user.rights, search_text(user),
                        to_millis(user.updated_at), user.row);
}

void UserStore::set_last_login(RowId user, Timestamp now) {
    connection_.execute("UPDATE users SET last_login_at = :now WHERE id = :id", to_millis(now), user);
}

bool UserStore::remove(RowId user) { return connection_.execute("DELETE FROM users WHERE id = :id", user) > 0; }

} // namespace cang::store
