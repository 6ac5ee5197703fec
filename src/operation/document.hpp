// Operations and their events as our API and its live topics show them.
#pragma once

#include "operation/operation.hpp"

namespace cang::operation {

boost::json::object document_of(const Operation& operation);
boost::json::object document_of(const Event& event);

} // namespace cang::operation
