// Personal tokens: what people give to programs instead of their password. Each may do what its person may, or less.
// Every change is audited in its own transaction. Errors as for Users. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "identity/caller.hpp"
#include "identity/stamps.hpp"
#include "image/store/api_token_store.hpp"

namespace cang::identity {

using ApiToken = store::ApiTokenRow;

struct NewApiToken {
    ApiToken token;
    Secret secret; // shown once
};

class ApiTokens {
public:
    static constexpr std::string_view secret_prefix = "cang_pat_";

    ApiTokens(sql::Database& database, Stamps& stamps, const Clock& clock);

    awaitable<NewApiToken> create(store::RowId user, std::string name, Scopes scopes,
                                  std::optional<Timestamp> expires_at, Actor actor);
    awaitable<std::vector<ApiToken>> list(store::RowId user);
    // Void at once.
    awaitable<void> remove(store::RowId user, std::string id, Actor actor);

private:
    sql::Database& database_;
    Stamps& stamps_;
    const Clock& clock_;
};

} // namespace cang::identity
