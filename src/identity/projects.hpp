// Projects: the namespaces of everything, with visibility, quota and members. Every change is audited in its own
// transaction. Errors as for Users. Thread-safe.
#pragma once

#include "identity/guard.hpp"
#include "identity/stamps.hpp"
#include "image/store/project_store.hpp"

namespace cang::identity {

struct Project {
    store::ProjectRow row;
    Role role = Role::none; // of who asks
    std::uint64_t repositories = 0;
    std::uint64_t used_bytes = 0; // every object once, counted when asked for
};

struct ProjectSettings {
    std::string display_name;
    std::string description;
    bool is_public = false;
    std::optional<std::uint64_t> quota_bytes;
    bool keep_quota = false; // it is left as stored
};

struct ProjectQuery {
    std::string search;
    store::NameOrder order = store::NameOrder::name;
    std::size_t limit = 50;
    std::size_t offset = 0;
};

struct ProjectPage {
    std::vector<Project> projects;
    std::uint64_t total = 0;
};

class Projects {
public:
    Projects(sql::Database& database, Guard& guard, Stamps& stamps, const Clock& clock);

    awaitable<Project> create(std::string name, ProjectSettings settings, CallerPtr caller, Actor actor);
    awaitable<Project> get(std::string name, CallerPtr caller);
    // Those that the caller may see.
    awaitable<ProjectPage> list(ProjectQuery query, CallerPtr caller);
    awaitable<Project> update(std::string name, ProjectSettings settings, CallerPtr caller, Actor actor);
    // Throws Error{conflict} while it has repositories.
    awaitable<void> remove(std::string name, Actor actor);

    awaitable<std::vector<store::MemberRow>> list_members(std::string project);
    awaitable<store::MemberRow> put_member(std::string project, std::string user_id, Role role, Actor actor);
    awaitable<void> remove_member(std::string project, std::string user_id, Actor actor);

    // Makes a repository private to its creator and the administrators, or not.
    awaitable<void> set_private(std::string repository, bool is_private, Actor actor);
    awaitable<std::optional<store::OwnershipRow>> find_ownership(std::string repository);

private:
    sql::Database& database_;
    Guard& guard_;
    Stamps& stamps_;
    const Clock& clock_;
};

} // namespace cang::identity
