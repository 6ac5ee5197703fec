#include "identity/guard.hpp"

#include "image/store/audit_store.hpp"
#include "image/store/project_store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::identity {

namespace {

// What a decision without a look at the database says; nullopt: look.
std::optional<bool> decide_early(const Caller& caller, bool admin, const Permission& permission,
                                 const std::string& resource) {
    if (permission.least == Least::everybody)
        return true;
    if (caller.scopes && !covers(*caller.scopes, permission, resource))
        return false;
    if (admin)
        return true;
    if (permission.least == Least::system_admin)
        return false;
    if (permission.least == Least::signed_in)
        return caller.kind != Caller::Kind::anonymous;
    return std::nullopt;
}

bool names_repository(const Scopes& scopes, const std::string& resource) {
    return std::ranges::any_of(
        scopes, [&](const Scope& scope) { return scope.project.empty() && scope.repository == resource; });
}

} // namespace

bool Visibility::shows(std::string_view repository) const {
    if (all_)
        return true;
    return projects_.contains(project_of(repository)) && !hidden_.contains(repository);
}

Guard::Guard(GuardOptions options, sql::Database& database, const Clock& clock)
    : options_(options), database_(database), clock_(clock) {}

bool Guard::is_admin(const Caller& caller) const noexcept { return options_.everybody_is_admin || caller.admin; }

Role Guard::role_now(sql::Connection& connection, const Caller& caller, const std::string& project) const {
    auto found = store::ProjectStore(connection).find(project);
    if (!found)
        return options_.anonymous == Anonymous::push ? Role::operator_ : Role::none;
    if (is_admin(caller))
        return Role::admin;
    auto role = found->is_public || options_.anonymous != Anonymous::none ? Role::guest : Role::none;
    if (options_.anonymous == Anonymous::push)
        role = Role::operator_;
    if (caller.kind == Caller::Kind::user && !caller.by_scopes_only)
        if (auto member = store::MemberStore(connection).find_role(found->row, caller.user))
            role = std::max(role, parse_role(*member));
    return role;
}

bool Guard::may_now(sql::Connection& connection, const Caller& caller, const Permission& permission,
                    const std::string& resource) const {
    // What names the repository itself was granted after a look at all that follows: registry tokens.
    if (caller.by_scopes_only && caller.scopes && names_repository(*caller.scopes, resource))
        return true;
    auto role = role_now(connection, caller, std::string(project_of(resource)));
    auto ownership = store::RepositoryStore(connection).find_ownership(resource);
    bool creator = ownership && !caller.name.empty() && ownership->created_by == caller.name;
    if (ownership && ownership->is_private && !creator && role != Role::admin)
        return false;
    // A robot has no role, only its scopes, which were looked at before.
    if (caller.by_scopes_only)
        return true;
    return grants(role, permission) || (creator && role != Role::none && permission.name == "repository.update");
}

awaitable<bool> Guard::may(CallerPtr caller, std::string_view permission, std::string resource) {
    const auto& row = get_permission(permission);
    if (auto early = decide_early(*caller, is_admin(*caller), row, resource))
        co_return *early;
    auto look = [this, caller, &row, resource = std::move(resource)](sql::Connection& connection) {
        return may_now(connection, *caller, row, resource);
    };
    co_return co_await database_.read(std::move(look));
}

Error Guard::refusal(const Caller& caller, const Permission& permission, std::string_view resource) {
    if (caller.kind == Caller::Kind::anonymous)
        return {ErrorKind::unauthenticated, "sign in to do this"};
    auto where = permission.of_project() && !resource.empty() ? fmt::format(" on {}", resource) : std::string();
    auto by_scope = caller.scopes && !covers(*caller.scopes, permission, resource);
    auto why = by_scope ? fmt::format("{} was made without it", caller.via)
               : permission.least == Least::system_admin
                   ? std::string("only administrators of the server have it")
                   : std::string("ask an administrator of the project for a role that has it");
    return {ErrorKind::permission_denied,
            fmt::format("{} lacks the permission {}{}: {}", caller.name, permission.name, where, why)};
}

awaitable<void> Guard::require(CallerPtr caller, std::string_view permission, std::string resource) {
    auto allowed = co_await may(caller, permission, resource);
    if (!allowed)
        throw refusal(*caller, get_permission(permission), resource);
}

awaitable<void> Guard::require_push(CallerPtr caller, std::string repository, Actor actor) {
    co_await require(caller, "image.push", repository);
    co_await ensure_project(std::move(caller), std::move(repository), std::move(actor));
}

awaitable<void> Guard::ensure_project(CallerPtr caller, std::string repository, Actor actor) {
    auto project = std::string(project_of(repository));
    auto exists = [project](sql::Connection& connection) {
        return store::ProjectStore(connection).find(project).has_value();
    };
    auto there = co_await database_.read(exists);
    if (there)
        co_return;
    if (!is_admin(*caller) && options_.anonymous != Anonymous::push)
        throw Error(ErrorKind::not_found,
                    fmt::format("there is no project {}; an administrator can create it", project));
    auto create = [project, actor = std::move(actor), now = clock_.now()](sql::Connection& connection) {
        store::ProjectStore projects(connection);
        if (projects.find(project))
            return;
        store::ProjectRow row{
            .name = project, .display_name = project, .created_by = actor.name, .created_at = now, .updated_at = now};
        projects.create(row);
        store::AuditStore(connection)
            .append({.at = now,
                     .actor = actor,
                     .action = "project.create",
                     .resource = project,
                     .project = project,
                     .message = "made by the first push to it"});
    };
    co_await database_.write(std::move(create));
}

awaitable<Role> Guard::role(CallerPtr caller, std::string project) {
    auto look = [this, caller, project = std::move(project)](sql::Connection& connection) {
        return role_now(connection, *caller, project);
    };
    co_return co_await database_.read(std::move(look));
}

awaitable<Visibility> Guard::visibility(CallerPtr caller) {
    const auto& pull = get_permission("image.pull");
    if (is_admin(*caller) && !caller->scopes)
        co_return Visibility::everything();
    auto look = [this, caller, &pull](sql::Connection& connection) {
        bool all = is_admin(*caller) || options_.anonymous != Anonymous::none || caller->by_scopes_only;
        store::ProjectFilter filter{.text = {}, .all = all, .with_public = true, .member = caller->user};
        std::set<std::string, std::less<>> projects;
        for (auto& name : store::ProjectStore(connection).list_names(filter))
            if (!caller->scopes || covers(*caller->scopes, pull, name))
                projects.insert(std::move(name));
        std::set<std::string, std::less<>> hidden;
        for (auto& repository : store::RepositoryStore(connection).list_private())
            if (repository.created_by != caller->name || caller->name.empty())
                if (role_now(connection, *caller, std::string(project_of(repository.name))) != Role::admin)
                    hidden.insert(std::move(repository.name));
        return Visibility(std::move(projects), std::move(hidden));
    };
    co_return co_await database_.read_slowly(std::move(look));
}

} // namespace cang::identity
