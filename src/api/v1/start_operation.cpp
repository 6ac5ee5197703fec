#include "api/v1/start_operation.hpp"

#include "api/v1/operation_document.hpp"
#include "api/v1/reply.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kLongestKey = 200;

std::optional<std::string> idempotency_key(const http::Request& request) {
    auto key = request.header("Idempotency-Key");
    if (key.empty())
        return std::nullopt;
    if (key.size() > kLongestKey || !std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; }))
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("Idempotency-Key must be 1 to {} printable ASCII characters", kLongestKey));
    return std::string(key);
}

} // namespace

awaitable<http::Response> start_operation(operation::Runner& operations, const http::Request& request,
                                          operation::Spec spec) {
    spec.requested_by = request.principal.name;
    spec.idempotency_key = idempotency_key(request);
    auto started = co_await operations.start(std::move(spec));
    auto operation = co_await operations.history().get(started.id);
    co_return accepted_reply("/api/v1/operations/" + operation.id, document_of(operation));
}

} // namespace cang::api::v1
