// The people who may sign in. Every change is audited in its own transaction. Thread-safe.
//
// Settings that cannot be are Error{invalid_argument}, a name that is taken Error{already_exists}, an id that is none
// Error{not_found}; what would leave the server without an administrator is Error{conflict}.
#pragma once

#include "base/clock.hpp"
#include "identity/caller.hpp"
#include "identity/passwords.hpp"
#include "identity/stamps.hpp"
#include "image/store/project_store.hpp"

#include <filesystem>

namespace cang::identity {

using User = store::UserRow;

struct NewUser {
    std::string name;
    std::string display_name;
    std::string email;
    std::optional<Secret> password; // nullopt: signs in elsewhere only
    bool admin = false;
};

struct UserSettings {
    std::string display_name;
    std::string email;
    std::optional<bool> admin; // nullopt: as stored
    std::optional<bool> disabled;
};

// Who somebody is at an identity provider.
struct ForeignIdentity {
    std::string issuer;
    std::string subject;
    std::string name; // wanted; another one is made when it is taken
    std::string display_name;
    std::string email;
    std::optional<bool> admin; // as the provider's groups say; nullopt: they don't
    // Roles in projects that the groups give; what they do not name stays.
    std::vector<store::MembershipRow> memberships;
};

struct UserQuery {
    std::string search;
    store::NameOrder order = store::NameOrder::name;
    std::size_t limit = 50;
    std::size_t offset = 0;
};

struct UserPage {
    std::vector<User> users;
    std::uint64_t total = 0;
};

class Users {
public:
    static constexpr std::string_view first_admin = "admin";

    Users(sql::Database& database, Passwords& passwords, Stamps& stamps, const Clock& clock, async::BlockingPool& pool);

    // For the start of a server, blocking: makes the first administrator when there is no user, and gives it the
    // password of `password_file` (may be empty; trailing line breaks are not part of it) whenever that is another one.
    // Returns the password when it was made up. `old_hash_file` holds the hash that earlier versions kept; it goes.
    std::optional<Secret> ensure_first_admin(const std::filesystem::path& password_file,
                                             const std::filesystem::path& old_hash_file);

    awaitable<User> create(NewUser wanted, Actor actor);
    awaitable<User> get(std::string id);
    awaitable<std::optional<User>> find_by_name(std::string name);
    awaitable<UserPage> list(UserQuery query);
    awaitable<std::vector<store::MembershipRow>> memberships(store::RowId user);
    awaitable<std::uint64_t> count_projects(store::RowId user);
    awaitable<User> update(std::string id, UserSettings settings, Actor actor);
    // Ends all their sessions but `kept_session`, and voids what was issued to them.
    awaitable<void> set_password(std::string id, Secret password, std::string kept_session, Actor actor);
    awaitable<void> remove(std::string id, Actor actor);
    // The user of that identity, made or brought up to date. Throws Error{permission_denied} when disabled.
    awaitable<User> ensure_foreign(ForeignIdentity identity, Actor actor);

private:
    sql::Database& database_;
    Passwords& passwords_;
    Stamps& stamps_;
    const Clock& clock_;
    async::BlockingPool& pool_;
};

// What the audit log and nobody else sees of a user: no hash.
std::string audit_text(const User& user);

} // namespace cang::identity
