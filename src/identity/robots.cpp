#include "identity/robots.hpp"

#include "base/bytes.hpp"
#include "identity/names.hpp"
#include "image/store/audit_store.hpp"
#include "image/store/project_store.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sodium.h>

namespace cang::identity {

namespace {

using store::RobotStore;

constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kMaxRobots = 500; // of one project

// nullopt for the server's.
std::optional<store::RowId> require_project(sql::Connection& connection, const std::string& project) {
    if (project.empty())
        return std::nullopt;
    auto found = store::ProjectStore(connection).find(project);
    if (!found)
        throw Error(ErrorKind::not_found, fmt::format("there is no project {}", project));
    return found->row;
}

Robot require_robot(sql::Connection& connection, const std::string& project, const std::string& id) {
    auto owner = require_project(connection, project);
    auto robot = RobotStore(connection).find(id);
    if (!robot || robot->project != owner)
        throw Error(ErrorKind::not_found, fmt::format("there is no robot {}", id));
    return std::move(*robot);
}

void check(const std::string& project, const RobotSettings& settings, Timestamp now) {
    if (settings.description.size() > kMaxDescription)
        throw Error(ErrorKind::invalid_argument, fmt::format("description: at most {} bytes", kMaxDescription));
    if (settings.scopes.empty())
        throw Error(ErrorKind::invalid_argument, "scopes: a robot without any could do nothing");
    if (settings.expires_at && *settings.expires_at <= now)
        throw Error(ErrorKind::invalid_argument, "expiresAt: is in the past");
    for (const auto& scope : settings.scopes) {
        if (!project.empty() && scope.project != project)
            throw Error(ErrorKind::invalid_argument,
                        fmt::format("scopes: a robot of {} has scopes in {} only", project, project));
        for (const auto& permission : scope.permissions) {
            const auto& row = get_permission(permission);
            if (!project.empty() && !row.of_project())
                throw Error(ErrorKind::invalid_argument,
                            fmt::format("scopes: {} is no permission of a project", permission));
            if (row.least == Least::system_admin)
                throw Error(ErrorKind::invalid_argument,
                            fmt::format("scopes: {} is for administrators of the server, not for robots", permission));
        }
    }
}

void apply(Robot& robot, const RobotSettings& settings) {
    robot.description = settings.description;
    robot.disabled = settings.disabled;
    robot.expires_at = settings.expires_at;
    robot.scopes = to_json(settings.scopes);
}

std::string audit_text(const Robot& robot) {
    boost::json::object document{{"name", robot.name},
                                 {"description", robot.description},
                                 {"disabled", robot.disabled},
                                 {"scopes", boost::json::parse(robot.scopes)}};
    if (robot.expires_at)
        document["expiresAt"] = to_rfc3339(*robot.expires_at);
    return boost::json::serialize(document);
}

void audit(sql::Connection& connection, const Actor& actor, Timestamp now, std::string action,
           const std::string& project, const Robot& robot, std::string before, std::string after) {
    store::AuditStore(connection)
        .append({.at = now,
                 .actor = actor,
                 .action = std::move(action),
                 .resource = robot.name,
                 .project = project,
                 .before = std::move(before),
                 .after = std::move(after)});
}

} // namespace

Caller caller_for(const Robot& robot) {
    return {.kind = Caller::Kind::robot,
            .name = robot.name,
            .via = "robot",
            .credential = robot_credential(robot.row),
            .scopes = parse_scopes(robot.scopes).value_or(Scopes()),
            .by_scopes_only = true};
}

std::string hash_of_secret(const Secret& secret) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    const auto& text = secret.reveal();
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return to_hex(std::as_bytes(std::span(digest)));
}

Secret make_secret(std::string_view prefix) { return Secret(std::string(prefix) + random_hex(kSecretBytes)); }

Robots::Robots(sql::Database& database, Stamps& stamps, const Clock& clock)
    : database_(database), stamps_(stamps), clock_(clock) {}

awaitable<NewRobot> Robots::create(std::string project, std::string name, RobotSettings settings, Actor actor) {
    require_robot_name(name);
    auto now = clock_.now();
    check(project, settings, now);
    NewRobot made{.robot = {.id = random_hex(kIdBytes), .created_by = actor.name, .created_at = now},
                  .secret = make_secret(secret_prefix)};
    made.robot.name =
        project.empty() ? fmt::format("{}{}", prefix, name) : fmt::format("{}{}+{}", prefix, project, name);
    made.robot.secret_hash = hash_of_secret(made.secret);
    apply(made.robot, settings);
    auto add = [&](sql::Connection& connection) {
        made.robot.project = require_project(connection, project);
        RobotStore robots(connection);
        if (robots.find_by_name(made.robot.name))
            throw Error(ErrorKind::already_exists, fmt::format("there is a robot {} already", made.robot.name));
        if (robots.list(made.robot.project).size() >= kMaxRobots)
            throw Error(ErrorKind::conflict, fmt::format("there are {} robots already; delete some", kMaxRobots));
        made.robot.row = robots.create(made.robot);
        audit(connection, actor, now, "robot.create", project, made.robot, {}, audit_text(made.robot));
    };
    co_await database_.write(add);
    co_return made;
}

awaitable<std::vector<Robot>> Robots::list(std::string project) {
    auto look = [&project](sql::Connection& connection) {
        return RobotStore(connection).list(require_project(connection, project));
    };
    co_return co_await database_.read(look);
}

awaitable<Robot> Robots::get(std::string project, std::string id) {
    auto look = [&](sql::Connection& connection) { return require_robot(connection, project, id); };
    co_return co_await database_.read(look);
}

awaitable<Robot> Robots::update(std::string project, std::string id, RobotSettings settings, Actor actor) {
    auto now = clock_.now();
    check(project, settings, now);
    auto change = [&](sql::Connection& connection) {
        auto robot = require_robot(connection, project, id);
        auto before = audit_text(robot);
        apply(robot, settings);
        RobotStore(connection).update(robot);
        audit(connection, actor, now, "robot.update", project, robot, std::move(before), audit_text(robot));
        return robot;
    };
    auto settled = [this] { stamps_.changed(); };
    co_return co_await database_.write(change, settled);
}

awaitable<NewRobot> Robots::renew_secret(std::string project, std::string id, Actor actor) {
    auto secret = make_secret(secret_prefix);
    auto change = [&](sql::Connection& connection) {
        auto robot = require_robot(connection, project, id);
        robot.secret_hash = hash_of_secret(secret);
        RobotStore(connection).update(robot);
        audit(connection, actor, clock_.now(), "robot.secret", project, robot, {}, {});
        return robot;
    };
    auto settled = [this] { stamps_.changed(); };
    auto robot = co_await database_.write(change, settled);
    co_return NewRobot{.robot = std::move(robot), .secret = std::move(secret)};
}

awaitable<void> Robots::remove(std::string project, std::string id, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        auto robot = require_robot(connection, project, id);
        RobotStore(connection).remove(robot.row);
        audit(connection, actor, clock_.now(), "robot.delete", project, robot, audit_text(robot), {});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

} // namespace cang::identity
