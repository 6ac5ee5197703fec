// Private to this room: operations and events as the stores keep them.
#pragma once

#include "image/store/operation_store.hpp"
#include "operation/operation.hpp"

namespace cang::operation {

// A new one that waits to start.
store::OperationRow pending_row(const Spec& spec, std::string id, Timestamp now);
// Throw Error{corrupt} for rows that this program did not write.
Operation to_operation(const store::OperationRow& row);
Event to_event(const std::string& operation, const store::OperationEventRow& row);
store::OperationEventRow to_row(const Event& event);

boost::json::object state_payload(State state, const std::optional<Failure>& failure = std::nullopt);

} // namespace cang::operation
