#include "image/store/remote_registry_store.hpp"

#include "image/store/search_text.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of RemoteRegistryRow.
constexpr std::string_view kColumns = "id, registry_id, name, host, plain_http, user_name, sealed_password, "
                                      "tls_verify, ca_certificate, last_test, created_at, updated_at";
constexpr std::string_view kMatches = "(CAST(:any_text AS TEXT) = '' OR search_text LIKE :pattern ESCAPE '\\')";

using Text = std::string;
using Number = std::int64_t;
using Columns = std::tuple<RowId, Text, Text, Text, Number, Text, Text, Number, Text, Text, Number, Number>;

RemoteRegistryRow to_row(Columns columns) {
    auto& [row, id, name, host, plain_http, user, password, tls_verify, ca, last_test, created_at, updated_at] =
        columns;
    return {.row = row,
            .id = std::move(id),
            .name = std::move(name),
            .host = std::move(host),
            .plain_http = plain_http != 0,
            .user = std::move(user),
            .sealed_password = std::move(password),
            .tls_verify = tls_verify != 0,
            .ca_certificate = std::move(ca),
            .last_test = std::move(last_test),
            .created_at = from_millis(created_at),
            .updated_at = from_millis(updated_at)};
}

template <typename... Parameters>
std::vector<RemoteRegistryRow> read_rows(sql::Connection& connection, std::string_view query,
                                         const Parameters&... parameters) {
    std::vector<RemoteRegistryRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, Text, Text, Number, Text, Text, Number, Text, Text, Number, Number>(query, visit,
                                                                                                     parameters...);
    return rows;
}

std::optional<RemoteRegistryRow> first_of(std::vector<RemoteRegistryRow> rows) {
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::string search_text(const RemoteRegistryRow& registry) { return searchable(registry.name + "\n" + registry.host); }

} // namespace

RowId RemoteRegistryStore::create(const RemoteRegistryRow& registry) {
    return connection_
        .find<RowId>("INSERT INTO remote_registries (registry_id, name, host, plain_http, user_name, sealed_password, "
                     "tls_verify, ca_certificate, search_text, last_test, created_at, updated_at) VALUES (:id, :name, "
                     ":host, :plain_http, :user, :password, :tls_verify, :ca, :search_text, :last_test, :created_at, "
                     ":updated_at) RETURNING id",
                     registry.id, registry.name, registry.host, registry.plain_http, registry.user,
                     registry.sealed_password, registry.tls_verify, registry.ca_certificate, search_text(registry),
                     registry.last_test, to_millis(registry.created_at), to_millis(registry.updated_at))
        .value();
}

std::optional<RemoteRegistryRow> RemoteRegistryStore::find(const std::string& id) {
    static const auto query = fmt::format("SELECT {} FROM remote_registries WHERE registry_id = :id", kColumns);
    return first_of(read_rows(connection_, query, id));
}

std::optional<RemoteRegistryRow> RemoteRegistryStore::find_by_name(const std::string& name) {
    static const auto query = fmt::format("SELECT {} FROM remote_registries WHERE name = :name", kColumns);
    return first_of(read_rows(connection_, query, name));
}

std::optional<RemoteRegistryRow> RemoteRegistryStore::find_by_host(const std::string& host) {
    static const auto query = fmt::format("SELECT {} FROM remote_registries WHERE host = :host", kColumns);
    return first_of(read_rows(connection_, query, host));
}

std::vector<RemoteRegistryRow> RemoteRegistryStore::list(const std::string& text, const std::string& last,
                                                         std::size_t limit) {
    static const auto query = fmt::format("SELECT {} FROM remote_registries WHERE name > :last AND {} "
                                          "ORDER BY name LIMIT :limit",
                                          kColumns, kMatches);
    return read_rows(connection_, query, last, text, search_pattern(text), limit);
}

std::uint64_t RemoteRegistryStore::count(const std::string& text) {
    static const auto query = fmt::format("SELECT COUNT(*) FROM remote_registries WHERE {}", kMatches);
    return connection_.find<std::uint64_t>(query, text, search_pattern(text)).value();
}

void RemoteRegistryStore::update(const RemoteRegistryRow& registry) {
    connection_.execute("UPDATE remote_registries SET name = :name, host = :host, plain_http = :plain_http, "
                        "user_name = :user, sealed_password = :password, tls_verify = :tls_verify, "
                        "ca_certificate = :ca, search_text = :search_text, last_test = :last_test, "
                        "updated_at = :updated_at WHERE registry_id = :id",
                        registry.name, registry.host, registry.plain_http, registry.user, registry.sealed_password,
                        registry.tls_verify, registry.ca_certificate, search_text(registry), registry.last_test,
                        to_millis(registry.updated_at), registry.id);
}

bool RemoteRegistryStore::set_last_test(const std::string& id, Timestamp updated_at, const std::string& test) {
    return connection_.execute("UPDATE remote_registries SET last_test = :test "
                               "WHERE registry_id = :id AND updated_at = :updated_at",
                               test, id, to_millis(updated_at)) > 0;
}

bool RemoteRegistryStore::remove(const std::string& id) {
    return connection_.execute("DELETE FROM remote_registries WHERE registry_id = :id", id) > 0;
}

} // namespace cang::store
