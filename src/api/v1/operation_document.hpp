// Operations and their events as our API and the live topics show them.
#pragma once

#include "operation/operation.hpp"

namespace cang::api::v1 {

boost::json::object document_of(const operation::Operation& operation);
boost::json::object document_of(const operation::Event& event);

} // namespace cang::api::v1
