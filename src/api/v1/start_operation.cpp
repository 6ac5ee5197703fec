#include "api/v1/start_operation.hpp"

#include "api/v1/idempotency.hpp"
#include "api/v1/reply.hpp"
#include "identity/caller.hpp"
#include "operation/document.hpp"

namespace cang::api::v1 {

awaitable<http::Response> start_operation(operation::Runner& operations, const http::Request& request,
                                          operation::Spec spec) {
    spec.requested_by = request.principal.name;
    spec.actor = identity::actor_of(request);
    spec.idempotency_key = idempotency_key(request);
    auto started = co_await operations.start(std::move(spec));
    auto operation = co_await operations.history().get(started.id);
    co_return accepted_reply("/api/v1/operations/" + operation.id, document_of(operation));
}

} // namespace cang::api::v1
