// Cancellation as one kind of Error.
//
// Asio reports cancellation as system_error{operation_aborted}, also from a co_await in a coroutine that was cancelled
// before. Code that ends an asynchronous operation passes the failure through here, so that callers see
// Error{cancelled}.
#pragma once

#include "base/error.hpp"

#include <exception>

namespace cang::async {

// `failure` unless it is Asio's operation_aborted, which becomes Error{cancelled}. Null stays null.
std::exception_ptr as_cancellation(std::exception_ptr failure);

// Error{cancelled} or Asio's operation_aborted.
bool is_cancellation(const std::exception_ptr& failure);

} // namespace cang::async
