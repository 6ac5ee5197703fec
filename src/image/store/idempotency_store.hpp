// Answers to requests that carried an Idempotency-Key.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct IdempotentAnswerRow {
    std::string requested_by; // empty: without sign-in
    std::string key;
    std::string fingerprint; // of the request
    int status = 0;
    std::string location; // empty without
    std::string content_type;
    std::string body;
    Timestamp created_at;
};

class IdempotencyStore {
public:
    explicit IdempotencyStore(sql::Connection& connection) : connection_(connection) {}

    std::optional<IdempotentAnswerRow> find(const std::string& requested_by, const std::string& key);
    // False when there is one of this requester and key already, which stays.
    bool create(const IdempotentAnswerRow& answer);
    // Removes those made before `cutoff`; returns how many.
    std::uint64_t remove_old(Timestamp cutoff);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
