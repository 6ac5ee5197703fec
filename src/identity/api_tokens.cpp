#include "identity/api_tokens.hpp"

#include "base/bytes.hpp"
#include "identity/names.hpp"
#include "identity/robots.hpp"
#include "image/store/audit_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::identity {

namespace {

using store::ApiTokenStore;

constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kMaxTokens = 100; // of one person

std::string audit_text(const ApiToken& token) {
    boost::json::object document{{"name", token.name}};
    if (!token.scopes.empty())
        document["scopes"] = boost::json::parse(token.scopes);
    if (token.expires_at)
        document["expiresAt"] = to_rfc3339(*token.expires_at);
    return boost::json::serialize(document);
}

} // namespace

ApiTokens::ApiTokens(sql::Database& database, Stamps& stamps, const Clock& clock)
    : database_(database), stamps_(stamps), clock_(clock) {}

awaitable<NewApiToken> ApiTokens::create(store::RowId user, std::string name, Scopes scopes,
                                         std::optional<Timestamp> expires_at, Actor actor) {
    require_label("name", name);
    if (name.empty())
        throw Error(ErrorKind::invalid_argument, "name: is missing");
    auto now = clock_.now();
    if (expires_at && *expires_at <= now)
        throw Error(ErrorKind::invalid_argument, "expiresAt: is in the past");
    NewApiToken made{.token = {.id = random_hex(kIdBytes),
                               .user = user,
                               .name = std::move(name),
                               .scopes = scopes.empty() ? std::string() : to_json(scopes),
                               .created_at = now,
                               .expires_at = expires_at},
                     .secret = make_secret(secret_prefix)};
    made.token.token_hash = hash_of_secret(made.secret);
    auto add = [&](sql::Connection& connection) {
        ApiTokenStore tokens(connection);
        if (tokens.list(user).size() >= kMaxTokens)
            throw Error(ErrorKind::conflict, fmt::format("there are {} tokens already; delete some", kMaxTokens));
        made.token.row = tokens.create(made.token);
        store::AuditStore(connection)
            .append({.at = now,
                     .actor = actor,
                     .action = "token.create",
                     .resource = "token " + made.token.name,
                     .after = audit_text(made.token)});
    };
    co_await database_.write(add);
    co_return made;
}

awaitable<std::vector<ApiToken>> ApiTokens::list(store::RowId user) {
    auto look = [user](sql::Connection& connection) { return ApiTokenStore(connection).list(user); };
    co_return co_await database_.read(look);
}

awaitable<void> ApiTokens::remove(store::RowId user, std::string id, Actor actor) {
    auto change = [&](sql::Connection& connection) {
        ApiTokenStore tokens(connection);
        auto token = tokens.find(id);
        if (!token || token->user != user)
            throw Error(ErrorKind::not_found, fmt::format("there is no token {}", id));
        tokens.remove(token->row);
        store::AuditStore(connection)
            .append({.at = clock_.now(),
                     .actor = actor,
                     .action = "token.delete",
                     .resource = "token " + token->name,
                     .before = audit_text(*token)});
    };
    auto settled = [this] { stamps_.changed(); };
    co_await database_.write(change, settled);
}

} // namespace cang::identity
