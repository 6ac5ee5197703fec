#include "image/store/idempotency_store.hpp"

namespace cang::store {

std::optional<IdempotentAnswerRow> IdempotencyStore::find(const std::string& requested_by, const std::string& key) {
    auto found = connection_.find<std::string, int, std::string, std::string, std::string, std::int64_t>(
        "SELECT fingerprint, status, location, content_type, body, created_at FROM idempotent_answers "
        "WHERE requested_by = :requested_by AND idempotency_key = :key",
        requested_by, key);
    if (!found)
        return std::nullopt;
    auto& [fingerprint, status, location, content_type, body, created_at] = *found;
    return IdempotentAnswerRow{.requested_by = requested_by,
                               .key = key,
                               .fingerprint = std::move(fingerprint),
                               .status = status,
                               .location = std::move(location),
                               .content_type = std::move(content_type),
                               .body = std::move(body),
                               .created_at = from_millis(created_at)};
}

bool IdempotencyStore::create(const IdempotentAnswerRow& answer) {
    return connection_.execute("INSERT INTO idempotent_answers (requested_by, idempotency_key, fingerprint, status, "
                               "location, content_type, body, created_at) VALUES (:requested_by, :key, :fingerprint, "
                               ":status, :location, :content_type, :body, :created_at) ON CONFLICT DO NOTHING",
                               answer.requested_by, answer.key, answer.fingerprint, answer.status, answer.location,
                               answer.content_type, answer.body, to_millis(answer.created_at)) > 0;
}

std::uint64_t IdempotencyStore::remove_old(Timestamp cutoff) {
    return connection_.execute("DELETE FROM idempotent_answers WHERE created_at < :cutoff", to_millis(cutoff));
}

} // namespace cang::store
