// Sessions of people as rows: one that is gone has ended.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct SessionRow {
    RowId row = 0;
    std::string id;
    RowId user = 0;
    std::string kind;
    std::string address;
    std::string user_agent;
    Timestamp created_at;
    Timestamp expires_at;
};

class SessionStore {
public:
    explicit SessionStore(sql::Connection& connection) : connection_(connection) {}

    void create(const SessionRow& session);
    std::optional<SessionRow> find(const std::string& id);
    std::vector<SessionRow> list(RowId user, Timestamp now); // that have not ended, newest first
    bool remove(const std::string& id);
    // Every session of the user but this one; returns how many.
    std::uint64_t remove_others(RowId user, const std::string& kept);
    std::uint64_t remove_expired(Timestamp now);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
