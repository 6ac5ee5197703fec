// Decides whether somebody has a permission on something: roles, scopes, public projects, private repositories. Every
// face asks here. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "identity/caller.hpp"
#include "sql/database.hpp"

#include <set>

namespace cang::identity {

enum class Anonymous {
    none, // public projects only
    pull, // every project counts as public
    push, // and everybody as an operator of it
};

struct GuardOptions {
    bool everybody_is_admin = false; // no sign-in at all
    Anonymous anonymous = Anonymous::none;
};

// Which repositories somebody may pull, for lists.
class Visibility {
public:
    static Visibility everything() { return {}; }
    Visibility() = default;
    Visibility(std::set<std::string, std::less<>> projects, std::set<std::string, std::less<>> hidden)
        : all_(false), projects_(std::move(projects)), hidden_(std::move(hidden)) {}
    bool all() const noexcept { return all_; }
    bool shows(std::string_view repository) const;

private:
    bool all_ = true;
    std::set<std::string, std::less<>> projects_;
    std::set<std::string, std::less<>> hidden_; // private ones of these
};

class Guard {
public:
    Guard(GuardOptions options, sql::Database& database, const Clock& clock);

    // `resource` is a repository or a project for permissions of projects, otherwise not looked at. A project that
    // is not there grants nothing, except to administrators.
    awaitable<bool> may(CallerPtr caller, std::string_view permission, std::string resource = {});
    // Throws Error{permission_denied}, or Error{unauthenticated} for anonymous callers, that names the missing right.
    awaitable<void> require(CallerPtr caller, std::string_view permission, std::string resource = {});
    // require() for image.push, before anything is stored there: makes the project when it is missing and the caller
    // may. Throws Error{not_found} when the caller may not.
    awaitable<void> require_push(CallerPtr caller, std::string repository, Actor actor);
    // The second half of it, for whoever has decided already.
    awaitable<void> ensure_project(CallerPtr caller, std::string repository, Actor actor);
    awaitable<Visibility> visibility(CallerPtr caller);
    // What the caller is in the project; none when it is not there or not to be seen.
    awaitable<Role> role(CallerPtr caller, std::string project);
    // What require() says.
    static Error refusal(const Caller& caller, const Permission& permission, std::string_view resource);

    const GuardOptions& options() const noexcept { return options_; }

private:
    bool may_now(sql::Connection& connection, const Caller& caller, const Permission& permission,
                 const std::string& resource) const;
    Role role_now(sql::Connection& connection, const Caller& caller, const std::string& project) const;
    bool is_admin(const Caller& caller) const noexcept;

    GuardOptions options_;
    sql::Database& database_;
    const Clock& clock_;
};

} // namespace cang::identity
