// Who is asking, and what they may do before anybody looks at projects.
#pragma once

#include "base/actor.hpp"
#include "http/request.hpp"
#include "identity/permission.hpp"
#include "image/store/repository_store.hpp"

#include <expected>

namespace cang::identity {

// Some permissions on some things.
struct Scope {
    std::string project;    // "*": every one; empty: only `repository`
    std::string repository; // of registry tokens only
    std::vector<std::string> permissions;

    friend bool operator==(const Scope&, const Scope&) = default;
};
using Scopes = std::vector<Scope>;

inline constexpr std::size_t kMaxScopes = 64;

// [{"project":"team","permissions":["image.pull"]}], as it is stored and as the API has it.
std::string to_json(const Scopes& scopes);
// Names of permissions that are none are refused; empty text is no scope at all.
std::expected<Scopes, ParseError> parse_scopes(std::string_view json);
// `resource` is a repository or a project; its project is what stands before the first slash.
bool covers(const Scopes& scopes, const Permission& permission, std::string_view resource);

std::string_view project_of(std::string_view repository);

struct Caller {
    enum class Kind { anonymous, user, robot };
    Kind kind = Kind::anonymous;
    std::string name; // "alice", "robot$team+ci"; empty: anonymous
    store::RowId user = 0;
    std::string user_id = {};
    bool admin = false;       // of the whole server
    std::string via = {};     // how they proved it: "password", "session", "token ci", "robot"
    std::string session = {}; // its id
    std::int64_t epoch = 0;   // of the account
    // What vouches for them, and what it looked like then: see Stamps.
    std::string credential = {};
    std::string stamp = {};
    // At most these; nullopt: whatever their roles say.
    std::optional<Scopes> scopes = {};
    // The scopes are all that counts: robots and registry tokens have no roles.
    bool by_scopes_only = false;
};
using CallerPtr = std::shared_ptr<const Caller>;

// Of a request that the access check has seen. Anonymous when it found nobody.
const Caller& caller_of(const http::Request& request);
CallerPtr caller_ptr(const http::Request& request);
void set_caller(http::Request& request, CallerPtr caller);
// Whom changes of this request are put down to.
Actor actor_of(const http::Request& request);

} // namespace cang::identity
