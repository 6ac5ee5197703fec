// Personal tokens as rows: the token itself is known to its owner only.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct ApiTokenRow {
    RowId row = 0;
    std::string id;
    RowId user = 0;
    std::string name;
    std::string token_hash; // unique
    std::string scopes;     // JSON; empty: everything that the person may do
    Timestamp created_at;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> last_used_at;
};

class ApiTokenStore {
public:
    explicit ApiTokenStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const ApiTokenRow& token);
    std::optional<ApiTokenRow> find(const std::string& id);
    std::optional<ApiTokenRow> find_by_hash(const std::string& hash);
    std::vector<ApiTokenRow> list(RowId user); // newest first
    void set_last_used(RowId token, Timestamp now);
    bool remove(RowId token);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
