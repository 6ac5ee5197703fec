#include "image/store/project_store.hpp"

#include "image/store/search_text.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of ProjectRow.
constexpr std::string_view kColumns =
    "id, name, display_name, description, public, quota_bytes, created_by, created_at, updated_at";
constexpr std::string_view kMatches =
    "(CAST(:any_text AS TEXT) = '' OR search_text LIKE :pattern ESCAPE '\\') AND (CAST(:all AS BIGINT) = 1 "
    "OR (CAST(:with_public AS BIGINT) = 1 AND public = 1) "
    "OR id IN (SELECT project_id FROM project_members WHERE user_id = :member))";
// The repositories of project :name, and of no other: '0' follows '/'.
constexpr std::string_view kRepositories = "(name = :name OR (name > :first AND name < :last))";

using Text = std::string;
using Number = std::int64_t;
using MaybeNumber = std::optional<std::int64_t>;
using Columns = std::tuple<RowId, Text, Text, Text, Number, MaybeNumber, Text, Number, Number>;

ProjectRow to_row(Columns columns) {
    auto& [row, name, display, description, is_public, quota, created_by, created, updated] = columns;
    return {.row = row,
            .name = std::move(name),
            .display_name = std::move(display),
            .description = std::move(description),
            .is_public = is_public != 0,
            .quota_bytes = quota ? std::optional(static_cast<std::uint64_t>(*quota)) : std::nullopt,
            .created_by = std::move(created_by),
            .created_at = from_millis(created),
            .updated_at = from_millis(updated)};
}

template <typename... Parameters>
std::vector<ProjectRow> read_rows(sql::Connection& connection, std::string_view query,
                                  const Parameters&... parameters) {
    std::vector<ProjectRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, Text, Text, Number, MaybeNumber, Text, Number, Number>(query, visit, parameters...);
    return rows;
}

std::string search_text(const ProjectRow& project) { return searchable(project.name + "\n" + project.display_name); }

std::optional<std::int64_t> quota_of(const ProjectRow& project) {
    return project.quota_bytes ? std::optional(static_cast<std::int64_t>(*project.quota_bytes)) : std::nullopt;
}

// Statements are kept by their texts, which must stay.
const std::string& list_query(NameOrder order) {
    static const auto query = [](std::string_view by) {
        return fmt::format("SELECT {} FROM projects WHERE {} ORDER BY {} LIMIT :limit OFFSET :offset", kColumns,
                           kMatches, by);
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

RowId ProjectStore::create(const ProjectRow& project) {
    return connection_
        .find<RowId>("INSERT INTO projects (name, display_name, description, public, quota_bytes, created_by, "
                     "search_text, created_at, updated_at) VALUES (:name, :display, :description, :public, :quota, "
                     ":created_by, :search_text, :created, :updated) RETURNING id",
                     project.name, project.display_name, project.description, project.is_public, quota_of(project),
                     project.created_by, search_text(project), to_millis(project.created_at),
                     to_millis(project.updated_at))
        .value();
}

std::optional<ProjectRow> ProjectStore::find(const std::string& name) {
    static const auto query = fmt::format("SELECT {} FROM projects WHERE name = :name", kColumns);
    auto rows = read_rows(connection_, query, name);
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::vector<ProjectRow> ProjectStore::list(const ProjectFilter& filter, NameOrder order, std::size_t limit,
                                           std::size_t offset) {
    return read_rows(connection_, list_query(order), filter.text, search_pattern(filter.text), filter.all,
                     filter.with_public, filter.member, limit, offset);
}

std::uint64_t ProjectStore::count(const ProjectFilter& filter) {
    static const auto query = fmt::format("SELECT COUNT(*) FROM projects WHERE {}", kMatches);
    return connection_
        .find<std::uint64_t>(query, filter.text, search_pattern(filter.text), filter.all, filter.with_public,
                             filter.member)
        .value();
}

std::vector<std::string> ProjectStore::list_names(const ProjectFilter& filter) {
    static const auto query = fmt::format("SELECT name FROM projects WHERE {} ORDER BY name", kMatches);
    return connection_.list<std::string>(query, filter.text, search_pattern(filter.text), filter.all,
                                         filter.with_public, filter.member);
}

void ProjectStore::update(const ProjectRow& project) {
    connection_.execute("UPDATE projects SET display_name = :display, description = :description, public = :public, "
                        "quota_bytes = :quota, search_text = :search_text, updated_at = :updated WHERE id = :id",
                        project.display_name, project.description, project.is_public, quota_of(project),
                        search_text(project), to_millis(project.updated_at), project.row);
}

bool ProjectStore::remove(RowId project) {
    return connection_.execute("DELETE FROM projects WHERE id = :id", project) > 0;
}

std::uint64_t ProjectStore::count_repositories(const std::string& name) {
    static const auto query =
        fmt::format("SELECT COUNT(*) FROM repositories WHERE {} AND manifests > 0", kRepositories);
    return connection_.find<std::uint64_t>(query, name, name + "/", name + "0").value();
}

std::uint64_t ProjectStore::used_bytes(const std::string& name) {
    static const auto query = fmt::format(
        "SELECT COALESCE(SUM(size), 0) FROM objects WHERE id IN "
        "(SELECT object_id FROM manifests WHERE repository_id IN (SELECT id FROM repositories WHERE {0}) UNION "
        "SELECT object_id FROM repository_blobs WHERE repository_id IN (SELECT id FROM repositories WHERE {1}))",
        kRepositories, "(name = :name2 OR (name > :first2 AND name < :last2))");
    auto used = connection_.find<std::int64_t>(query, name, name + "/", name + "0", name, name + "/", name + "0");
    return static_cast<std::uint64_t>(used.value());
}

std::optional<std::string> MemberStore::find_role(RowId project, RowId user) {
    return connection_.find<std::string>(
        "SELECT role FROM project_members WHERE project_id = :project AND user_id = :user", project, user);
}

std::vector<MemberRow> MemberStore::list(RowId project) {
    std::vector<MemberRow> rows;
    auto visit = [&rows](std::tuple<Text, Text, Text, Text, Number> columns) {
        auto& [id, name, display, role, since] = columns;
        rows.push_back({std::move(id), std::move(name), std::move(display), std::move(role), from_millis(since)});
    };
    connection_.each<Text, Text, Text, Text, Number>(
        "SELECT users.user_id, users.name, users.display_name, role, project_members.created_at FROM project_members "
        "JOIN users ON users.id = project_members.user_id WHERE project_id = :project ORDER BY users.name",
        visit, project);
    return rows;
}

std::vector<MembershipRow> MemberStore::list_of_user(RowId user) {
    std::vector<MembershipRow> rows;
    auto visit = [&rows](std::tuple<Text, Text> columns) {
        auto& [project, role] = columns;
        rows.push_back({std::move(project), std::move(role)});
    };
    connection_.each<Text, Text>("SELECT projects.name, role FROM project_members "
                                 "JOIN projects ON projects.id = project_members.project_id "
                                 "WHERE user_id = :user ORDER BY projects.name",
                                 visit, user);
    return rows;
}

void MemberStore::put(RowId project, RowId user, const std::string& role, Timestamp now) {
    connection_.execute("INSERT INTO project_members (project_id, user_id, role, created_at) "
                        "VALUES (:project, :user, :role, :now) "
                        "ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
                        project, user, role, to_millis(now));
}

bool MemberStore::remove(RowId project, RowId user) {
    return connection_.execute("DELETE FROM project_members WHERE project_id = :project AND user_id = :user", project,
                               user) > 0;
}

} // namespace cang::store
