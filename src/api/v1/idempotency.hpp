// Makes it safe to send a POST again when its answer was lost: with the header Idempotency-Key, the first answer is
// kept for a day, and the same request with the same key gets it again instead of being carried out again.
//
// - A key belongs to whoever is signed in. Another request with a key that is taken is refused with 409, and so is one
//   that comes while the first is still being answered (Retry-After tells to come again).
// - Only success is kept: what failed has changed nothing and may be tried again with its key.
// - The answer is stored after the work is done. What must not be done twice even when the server dies between the two
//   gives its key to what it makes: an operation's Spec::idempotency_key.
#pragma once

#include "api/v1/endpoint.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "sql/database.hpp"

#include <mutex>
#include <set>

namespace cang::api::v1 {

// nullopt without the header. Throws Error{invalid_argument} unless it is 1 to 200 printable ASCII characters.
std::optional<std::string> idempotency_key(const http::Request& request);

// Thread-safe.
class Idempotency {
public:
    // Database and clock must outlive this. What was asked for is kept as a hash under `key`, so that a stolen database
    // does not help to guess the passwords that some requests hold.
    Idempotency(sql::Database& database, const Clock& clock, Secret key)
        : database_(database), clock_(clock), key_(std::move(key)) {}

    // The route's handler, for requests that may carry a key. This must outlive it. Bodies of routes that take more
    // than a JSON document are not read for the comparison of requests.
    http::Handler protect(const http::Route& route);

private:
    class Claim;
    struct Asked;
    std::string fingerprint_of(const http::Request& request, std::string_view body) const;
    awaitable<http::Response> answer(const http::Handler& handle, http::Request& request, bool compare_body);
    awaitable<std::optional<http::Response>> find_answer(Asked asked);
    awaitable<void> keep(Asked asked, const http::Response& response);

    sql::Database& database_;
    const Clock& clock_;
    Secret key_;
    std::mutex mutex_; // of the one below
    std::set<std::pair<std::string, std::string>> in_progress_;
};

} // namespace cang::api::v1
