#include "async/cancellation.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace cang::async {

std::exception_ptr as_cancellation(std::exception_ptr failure) {
    if (!failure)
        return failure;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted)
            return std::make_exception_ptr(Error(ErrorKind::cancelled, "cancelled"));
        return failure;
    } catch (...) {
        return failure;
    }
}

bool is_cancellation(const std::exception_ptr& failure) {
    if (!failure)
        return false;
    try {
        std::rethrow_exception(as_cancellation(failure));
    } catch (const Error& error) {
        return error.kind() == ErrorKind::cancelled;
    } catch (...) {
        return false;
    }
}

} // namespace cang::async
