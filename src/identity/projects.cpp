#include "identity/projects.hpp"

#include "identity/names.hpp"
#include "image/store/audit_store.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::identity {

namespace {

using store::MemberStore;
using store::ProjectRow;
using store::ProjectStore;
namespace json = boost::json;

std::string audit_text(const ProjectRow& project) {
    json::object document{{"name", project.name},
                          {"displayName", project.display_name},
                          {"description", project.description},
                          {"public", project.is_public}};
    if (project.quota_bytes)
        document["quotaBytes"] = *project.quota_bytes;
    return json::serialize(document);
}

std::string role_text(std::string_view role) { return json::serialize(json::object{{"role", role}}); }

ProjectRow require_project(ProjectStore& projects, const std::string& name) {
    auto project = projects.find(name);
    if (!project)
        throw Error(ErrorKind::not_found, fmt::format("there is no project {}", name));
    return std::move(*project);
}

store::UserRow require_user(sql::Connection& connection, const std::string& id) {
    auto user = store::UserStore(connection).find(id);
    if (!user)
        throw Error(ErrorKind::not_found, fmt::format("there is no user {}", id));
    return std::move(*user);
}

void check(const ProjectSettings& settings) {
    require_label("displayName", settings.display_name);
    if (settings.description.size() > kMaxDescription)
        throw Error(ErrorKind::invalid_argument, fmt::format("description: at most {} bytes", kMaxDescription));
}

void apply(ProjectRow& project, const ProjectSettings& settings, Timestamp now) {
    project.display_name = settings.display_name.empty() ? project.name : settings.display_name;
    project.description = settings.description;
    project.is_public = settings.is_public;
    if (!settings.keep_quota)
        project.quota_bytes = settings.quota_bytes;
    project.updated_at = now;
}

Project describe(sql::Connection& connection, ProjectRow row) {
    ProjectStore projects(connection);
    Project project{.row = std::move(row)};
    project.repositories = projects.count_repositories(project.row.name);
    project.used_bytes = projects.used_bytes(project.row.name);
    return project;
}

// What a member was, before and after; the user may do something else from now on.
void audit_member(sql::Connection& connection, const Actor& actor, Timestamp now, std::string action,
                  const std::string& project, store::UserRow user, std::string_view before, std::string_view after) {
    ++user.rights;
    store::UserStore(connection).update(user);
    store::AuditStore(connection)
        .append({.at = now,
                 .actor = actor,
                 .action = std::move(action),
                 .resource = fmt::format("user {} in {}", user.name, project),
                 .project = project,
                 .before = before.empty() ? std::string() : role_text(before),
                 .after = after.empty() ? std::string() : role_text(after)});
}

} // namespace

Projects::Projects(sql::Database& database, Guard& guard, Stamps& stamps, const Clock& clock)
    : database_(database), guard_(guard), stamps_(stamps), clock_(clock) {}

awaitable<Project> Projects::create(std::string name, ProjectSettings settings, CallerPtr caller, Actor actor) {
    require_project_name(name);
    check(settings);
    auto add = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        if (projects.find(name))
            throw Error(ErrorKind::already_exists, fmt::format("there is a project {} already", name));
        ProjectRow row{.name = name, .created_by = actor.name, .created_at = clock_.now()};
        apply(row, settings, row.created_at);
        row.row = projects.create(row);
        store::AuditStore(connection)
            .append({.at = row.created_at,
                     .actor = actor,
                     .action = "project.create",
                     .resource = name,
                     .project = name,
                     .after = audit_text(row)});
    };
    co_await database_.write(add);
    co_return co_await get(std::move(name), std::move(caller));
}

awaitable<Project> Projects::get(std::string name, CallerPtr caller) {
    auto look = [&name](sql::Connection& connection) {
        ProjectStore projects(connection);
        return describe(connection, require_project(projects, name));
    };
    auto project = co_await database_.read_slowly(look);
    project.role = co_await guard_.role(std::move(caller), std::move(name));
    co_return project;
}

awaitable<ProjectPage> Projects::list(ProjectQuery query, CallerPtr caller) {
    bool admin = caller->admin || guard_.options().everybody_is_admin;
    store::ProjectFilter filter{.text = query.search,
                                .all = admin || guard_.options().anonymous != Anonymous::none,
                                .with_public = true,
                                .member = caller->user};
    auto look = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        ProjectPage page{.projects = {}, .total = projects.count(filter)};
        for (auto& row : projects.list(filter, query.order, query.limit, query.offset))
            page.projects.push_back(describe(connection, std::move(row)));
        return page;
    };
    auto page = co_await database_.read_slowly(look);
    for (auto& project : page.projects)
        project.role = co_await guard_.role(caller, project.row.name);
    co_return page;
}

awaitable<Project> Projects::update(std::string name, ProjectSettings settings, CallerPtr caller, Actor actor) {
    check(settings);
    auto change = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        auto row = require_project(projects, name);
        auto before = audit_text(row);
        apply(row, settings, clock_.now());
        projects.update(row);
        store::AuditStore(connection)
            .append({.at = row.updated_at,
                     .actor = actor,
                     .action = "project.update",
                     .resource = name,
                     .project = name,
                     .before = std::move(before),
                     .after = audit_text(row)});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
    co_return co_await get(std::move(name), std::move(caller));
}

awaitable<void> Projects::remove(std::string name, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        auto row = require_project(projects, name);
        if (auto count = projects.count_repositories(name))
            throw Error(ErrorKind::conflict,
                        fmt::format("the project {} still has {} repositories; delete them first", name, count));
        projects.remove(row.row);
        store::AuditStore(connection)
            .append({.at = clock_.now(),
                     .actor = actor,
                     .action = "project.delete",
                     .resource = name,
                     .project = name,
                     .before = audit_text(row)});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

awaitable<std::vector<store::MemberRow>> Projects::list_members(std::string project) {
    auto look = [&project](sql::Connection& connection) {
        ProjectStore projects(connection);
        return MemberStore(connection).list(require_project(projects, project).row);
    };
    co_return co_await database_.read(look);
}

awaitable<store::MemberRow> Projects::put_member(std::string project, std::string user_id, Role role, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        auto row = require_project(projects, project);
        auto user = require_user(connection, user_id);
        MemberStore members(connection);
        auto before = members.find_role(row.row, user.row).value_or("");
        auto now = clock_.now();
        members.put(row.row, user.row, std::string(to_string(role)), now);
        audit_member(connection, actor, now, "member.put", project, user, before, to_string(role));
        return store::MemberRow{.user_id = user.id,
                                .name = user.name,
                                .display_name = user.display_name,
                                .role = std::string(to_string(role)),
                                .since = now};
    };
    auto settled = [this] { stamps_.changed(); };
    co_return co_await database_.write(change, settled);
}

awaitable<void> Projects::remove_member(std::string project, std::string user_id, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        ProjectStore projects(connection);
        auto row = require_project(projects, project);
        auto user = require_user(connection, user_id);
        MemberStore members(connection);
        auto before = members.find_role(row.row, user.row);
        if (!before)
            throw Error(ErrorKind::not_found, fmt::format("{} is no member of {}", user.name, project));
        members.remove(row.row, user.row);
        audit_member(connection, actor, clock_.now(), "member.delete", project, user, *before, {});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

awaitable<void> Projects::set_private(std::string repository, bool is_private, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        store::RepositoryStore repositories(connection);
        auto before = repositories.find_ownership(repository);
        if (!before)
            throw Error(ErrorKind::not_found, fmt::format("there is no repository {}", repository));
        repositories.set_private(repository, is_private);
        auto text = [](bool value) { return json::serialize(json::object{{"private", value}}); };
        store::AuditStore(connection)
            .append({.at = clock_.now(),
                     .actor = actor,
                     .action = "repository.update",
                     .resource = repository,
                     .project = std::string(project_of(repository)),
                     .before = text(before->is_private),
                     .after = text(is_private)});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

awaitable<std::optional<store::OwnershipRow>> Projects::find_ownership(std::string repository) {
    auto look = [&repository](sql::Connection& connection) {
        return store::RepositoryStore(connection).find_ownership(repository);
    };
    co_return co_await database_.read(look);
}

} // namespace cang::identity
