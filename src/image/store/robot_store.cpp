#include "image/store/robot_store.hpp"

#include <fmt/format.h>

namespace cang::store {

namespace {

// In the order of RobotRow.
constexpr std::string_view kColumns = "id, robot_id, project_id, name, description, secret_hash, scopes, disabled, "
                                      "created_by, created_at, expires_at, last_used_at";

using Text = std::string;
using Number = std::int64_t;
using MaybeNumber = std::optional<std::int64_t>;
using Columns = std::tuple<RowId, Text, std::optional<RowId>, Text, Text, Text, Text, Number, Text, Number, MaybeNumber,
                           MaybeNumber>;

RobotRow to_row(Columns columns) {
    auto& [row, id, project, name, description, hash, scopes, disabled, created_by, created, expires, used] = columns;
    return {.row = row,
            .id = std::move(id),
            .project = project,
            .name = std::move(name),
            .description = std::move(description),
            .secret_hash = std::move(hash),
            .scopes = std::move(scopes),
            .disabled = disabled != 0,
            .created_by = std::move(created_by),
            .created_at = from_millis(created),
            .expires_at = expires ? std::optional(from_millis(*expires)) : std::nullopt,
            .last_used_at = used ? std::optional(from_millis(*used)) : std::nullopt};
}

template <typename... Parameters>
std::vector<RobotRow> read_rows(sql::Connection& connection, std::string_view query, const Parameters&... parameters) {
    std::vector<RobotRow> rows;
    auto visit = [&rows](Columns columns) { rows.push_back(to_row(std::move(columns))); };
    connection.each<RowId, Text, std::optional<RowId>, Text, Text, Text, Text, Number, Text, Number, MaybeNumber,
                    MaybeNumber>(query, visit, parameters...);
    return rows;
}

std::optional<RobotRow> first_of(std::vector<RobotRow> rows) {
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::optional<std::int64_t> expiry_of(const RobotRow& robot) {
    return robot.expires_at ? std::optional(to_millis(*robot.expires_at)) : std::nullopt;
}

} // namespace

RowId RobotStore::create(const RobotRow& robot) {
    return connection_
        .find<RowId>("INSERT INTO robots (robot_id, project_id, name, description, secret_hash, scopes, disabled, "
                     "created_by, created_at, expires_at) VALUES (:id, :project, :name, :description, :hash, :scopes, "
                     ":disabled, :created_by, :created, :expires) RETURNING id",
                     robot.id, robot.project, robot.name, robot.description, robot.secret_hash, robot.scopes,
                     robot.disabled, robot.created_by, to_millis(robot.created_at), expiry_of(robot))
        .value();
}

std::optional<RobotRow> RobotStore::find(const std::string& id) {
    static const auto query = fmt::format("SELECT {} FROM robots WHERE robot_id = :id", kColumns);
    return first_of(read_rows(connection_, query, id));
}

std::optional<RobotRow> RobotStore::find_by_name(const std::string& name) {
    static const auto query = fmt::format("SELECT {} FROM robots WHERE name = :name", kColumns);
    return first_of(read_rows(connection_, query, name));
}

std::vector<RobotRow> RobotStore::list(std::optional<RowId> project) {
    static const auto of_project =
        fmt::format("SELECT {} FROM robots WHERE project_id = :project ORDER BY name", kColumns);
    static const auto of_server = fmt::format("SELECT {} FROM robots WHERE project_id IS NULL ORDER BY name", kColumns);
    return project ? read_rows(connection_, of_project, *project) : read_rows(connection_, of_server);
}

void RobotStore::update(const RobotRow& robot) {
    connection_.execute("UPDATE robots SET description = :description, secret_hash = :hash, scopes = :scopes, "
                        "disabled = :disabled, expires_at = :expires WHERE id = :id",
                        robot.description, robot.secret_hash, robot.scopes, robot.disabled, expiry_of(robot),
                        robot.row);
}

void RobotStore::set_last_used(RowId robot, Timestamp now) {
    connection_.execute("UPDATE robots SET last_used_at = :now WHERE id = :id", to_millis(now), robot);
}

bool RobotStore::remove(RowId robot) { return connection_.execute("DELETE FROM robots WHERE id = :id", robot) > 0; }

} // namespace cang::store
