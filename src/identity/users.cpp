#include "identity/users.hpp"

#include "base/bytes.hpp"
#include "identity/names.hpp"
#include "image/store/audit_store.hpp"
#include "image/store/repository_store.hpp"
#include "image/store/session_store.hpp"
#include "vault/key_file.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::identity {

namespace {

using store::UserStore;

constexpr std::size_t kIdBytes = 8;

Secret without_line_end(const Secret& text) {
    auto value = text.reveal();
    while (value.ends_with('\n') || value.ends_with('\r'))
        value.pop_back();
    return Secret(std::move(value));
}

Secret read_password_file(const std::filesystem::path& path) {
    auto given = vault::find_secret_file(path);
    if (!given)
        throw Error(ErrorKind::not_found, "the administrator's password file does not exist");
    auto password = without_line_end(*given);
    if (password.empty())
        throw Error(ErrorKind::invalid_argument, "the administrator's password file is empty");
    return password;
}

User require_user(UserStore& users, const std::string& id) {
    auto user = users.find(id);
    if (!user)
        throw Error(ErrorKind::not_found, fmt::format("there is no user {}", id));
    return std::move(*user);
}

// Where epochs begin: never where those of a removed person of that name, or in that row, have been.
std::int64_t first_epoch(Timestamp created) { return store::to_millis(created); }

// After a change, inside its transaction.
void require_an_admin(UserStore& users) {
    if (users.count_admins() == 0)
        throw Error(ErrorKind::conflict, "this is the last administrator; make somebody else one first");
}

void require_free_name(UserStore& users, const std::string& name) {
    if (users.find_by_name(name))
        throw Error(ErrorKind::already_exists, fmt::format("there is a user named {} already", name));
}

void audit(sql::Connection& connection, const Actor& actor, Timestamp now, std::string action, const User& user,
           std::string before, std::string after) {
    store::AuditStore(connection)
        .append({.at = now,
                 .actor = actor,
                 .action = std::move(action),
                 .resource = "user " + user.name,
                 .before = std::move(before),
                 .after = std::move(after)});
}

void give_memberships(sql::Connection& connection, User& user, const std::vector<store::MembershipRow>& wanted,
                      Timestamp now) {
    for (const auto& [project, role] : wanted) {
        auto found = store::ProjectStore(connection).find(project);
        if (!found)
            continue;
        store::MemberStore members(connection);
        if (members.find_role(found->row, user.row) == role)
            continue;
        members.put(found->row, user.row, role, now);
        ++user.rights;
    }
}

// "alice", or "alice-2" when that is taken.
std::string free_name(UserStore& users, const std::string& wanted) {
    auto name = wanted;
    for (int number = 2; users.find_by_name(name); ++number)
        name = fmt::format("{}-{}", wanted, number);
    return name;
}

} // namespace

std::string audit_text(const User& user) {
    boost::json::object document{{"name", user.name},
                                 {"displayName", user.display_name},
                                 {"email", user.email},
                                 {"admin", user.admin},
                                 {"disabled", user.disabled}};
    return boost::json::serialize(document);
}

Users::Users(sql::Database& database, Passwords& passwords, Stamps& stamps, const Clock& clock,
             async::BlockingPool& pool)
    : database_(database), passwords_(passwords), stamps_(stamps), clock_(clock), pool_(pool) {}

std::optional<Secret> Users::ensure_first_admin(const std::filesystem::path& password_file,
                                                const std::filesystem::path& old_hash_file) {
    auto name = std::string(first_admin);
    auto find = [&name](sql::Connection& connection) {
        UserStore users(connection);
        return std::pair(users.find_by_name(name), users.count(""));
    };
    auto [admin, people] = database_.read_now(find);
    std::optional<Secret> generated;
    std::string hash = admin ? admin->password_hash : std::string();
    if (auto stored = vault::find_secret_file(old_hash_file); stored && !admin)
        hash = without_line_end(*stored).reveal();
    if (!password_file.empty()) {
        auto password = read_password_file(password_file);
        if (hash.empty() || !passwords_.verify(name, password, hash))
            hash = Passwords::hash(password);
        passwords_.verify(name, password, hash); // remembers it
    } else if (people == 0 && hash.empty()) {
        generated = Passwords::generate();
        hash = Passwords::hash(*generated);
        passwords_.verify(name, *generated, hash);
    }
    if (hash.empty() || (admin && admin->password_hash == hash))
        return generated;
    auto write = [&](sql::Connection& connection) {
        UserStore users(connection);
        auto now = clock_.now();
        User user = admin.value_or(User{.id = random_hex(kIdBytes),
                                        .name = name,
                                        .display_name = name,
                                        .epoch = first_epoch(now),
                                        .created_at = now});
        user.password_hash = hash;
        user.updated_at = now;
        user.admin = true;
        user.disabled = false;
        ++user.epoch;
        if (admin)
            users.update(user);
        else
            users.create(user);
    };
    database_.write_now(write);
    std::error_code ignored;
    std::filesystem::remove(old_hash_file, ignored);
    return generated;
}

awaitable<User> Users::create(NewUser wanted, Actor actor) {
    require_user_name(wanted.name);
    require_label("displayName", wanted.display_name);
    require_label("email", wanted.email);
    User user{.id = random_hex(kIdBytes),
              .name = wanted.name,
              .display_name = wanted.display_name.empty() ? wanted.name : wanted.display_name,
              .email = wanted.email,
              .admin = wanted.admin,
              .created_at = clock_.now()};
    user.updated_at = user.created_at;
    user.epoch = first_epoch(user.created_at);
    if (wanted.password) {
        Passwords::require_good(*wanted.password);
        auto hash = [&wanted] { return Passwords::hash(*wanted.password); };
        user.password_hash = co_await async::run_blocking(pool_, hash);
    }
    auto add = [&user, &actor](sql::Connection& connection) {
        UserStore users(connection);
        require_free_name(users, user.name);
        user.row = users.create(user);
        audit(connection, actor, user.created_at, "user.create", user, {}, audit_text(user));
    };
    co_await database_.write(add);
    co_return user;
}

awaitable<User> Users::get(std::string id) {
    auto look = [&id](sql::Connection& connection) {
        UserStore users(connection);
        return require_user(users, id);
    };
    co_return co_await database_.read(look);
}

awaitable<std::optional<User>> Users::find_by_name(std::string name) {
    auto look = [&name](sql::Connection& connection) { return UserStore(connection).find_by_name(name); };
    co_return co_await database_.read(look);
}

awaitable<UserPage> Users::list(UserQuery query) {
    auto look = [&query](sql::Connection& connection) {
        UserStore users(connection);
        return UserPage{.users = users.list(query.search, query.order, query.limit, query.offset),
                        .total = users.count(query.search)};
    };
    co_return co_await database_.read_slowly(look);
}

awaitable<std::vector<store::MembershipRow>> Users::memberships(store::RowId user) {
    auto look = [user](sql::Connection& connection) { return store::MemberStore(connection).list_of_user(user); };
    co_return co_await database_.read(look);
}

awaitable<std::uint64_t> Users::count_projects(store::RowId user) {
    auto look = [user](sql::Connection& connection) { return UserStore(connection).count_projects(user); };
    co_return co_await database_.read(look);
}

awaitable<User> Users::update(std::string id, UserSettings settings, Actor actor) {
    require_label("displayName", settings.display_name);
    require_label("email", settings.email);
    auto change = [&](sql::Connection& connection) {
        UserStore users(connection);
        auto user = require_user(users, id);
        auto before = audit_text(user);
        user.display_name = settings.display_name.empty() ? user.name : settings.display_name;
        user.email = settings.email;
        bool admin = settings.admin.value_or(user.admin);
        bool disabled = settings.disabled.value_or(user.disabled);
        user.rights += admin != user.admin ? 1 : 0;
        user.epoch += disabled != user.disabled ? 1 : 0;
        user.admin = admin;
        user.disabled = disabled;
        user.updated_at = clock_.now();
        users.update(user);
        require_an_admin(users);
        if (disabled)
            store::SessionStore(connection).remove_others(user.row, "");
        audit(connection, actor, user.updated_at, "user.update", user, std::move(before), audit_text(user));
        return user;
    };
    auto settled = [this] { stamps_.changed(); };
    co_return co_await database_.write(change, settled);
}

awaitable<void> Users::set_password(std::string id, Secret password, std::string kept_session, Actor actor) {
    Passwords::require_good(password);
    auto work = [&password] { return Passwords::hash(password); };
    auto hash = co_await async::run_blocking(pool_, work);
    auto change = [&](sql::Connection& connection) {
        UserStore users(connection);
        auto user = require_user(users, id);
        if (user.issuer)
            throw Error(ErrorKind::conflict,
                        fmt::format("{} signs in at {}; change the password there", user.name, *user.issuer));
        user.password_hash = hash;
        ++user.epoch;
        user.updated_at = clock_.now();
        users.update(user);
        store::SessionStore(connection).remove_others(user.row, kept_session);
        audit(connection, actor, user.updated_at, "user.password", user, {}, {});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

awaitable<void> Users::remove(std::string id, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        UserStore users(connection);
        auto user = require_user(users, id);
        users.remove(user.row);
        store::RepositoryStore(connection).forget_creator(user.name);
        require_an_admin(users);
        audit(connection, actor, clock_.now(), "user.delete", user, audit_text(user), {});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

awaitable<User> Users::ensure_foreign(ForeignIdentity identity, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        UserStore users(connection);
        auto now = clock_.now();
        auto found = users.find_by_subject(identity.issuer, identity.subject);
        User user = found.value_or(User{.id = random_hex(kIdBytes),
                                        .name = free_name(users, user_name_of(identity.name)),
                                        .issuer = identity.issuer,
                                        .subject = identity.subject,
                                        .epoch = first_epoch(now),
                                        .created_at = now});
        if (user.disabled)
            throw Error(ErrorKind::permission_denied, "this account is disabled; ask an administrator");
        auto before = found ? audit_text(user) : std::string();
        user.display_name = label_of(identity.display_name.empty() ? user.name : identity.display_name);
        user.email = label_of(identity.email);
        bool admin = identity.admin.value_or(user.admin);
        user.rights += found && admin != user.admin ? 1 : 0;
        user.admin = admin;
        user.updated_at = now;
        if (!found)
            user.row = users.create(user);
        give_memberships(connection, user, identity.memberships, now);
        users.update(user);
        if (before != audit_text(user))
            audit(connection, actor, now, found ? "user.update" : "user.create", user, std::move(before),
                  audit_text(user));
        return user;
    };
    auto settled = [this] { stamps_.changed(); };
    co_return co_await database_.write(change, settled);
}

} // namespace cang::identity
