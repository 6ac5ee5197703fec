#include "base/error.hpp"

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <new>

namespace cang {

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

Error& Error::during(std::string_view step) & {
    message_ = fmt::format("{}: {}", step, message_);
    return *this;
}

Error& Error::with_code(std::string code) & {
    code_ = std::move(code);
    return *this;
}

Error& Error::with_retry_after(std::chrono::milliseconds delay) & {
    retry_after_ = delay;
    return *this;
}

bool Error::retryable() const noexcept {
    return kind_ == ErrorKind::rate_limited || kind_ == ErrorKind::unavailable || kind_ == ErrorKind::deadline_exceeded;
}

std::string ParseError::to_string() const { return fmt::format("{} (at character {})", reason, position + 1); }

void throw_invalid(std::string_view what, const ParseError& error) {
    throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", what, error.to_string()));
}

namespace {

ErrorKind kind_of_errno(int value) {
    switch (value) {
    case ENOENT:
    case ENOTDIR: return ErrorKind::not_found;
    case EEXIST: return ErrorKind::already_exists;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::permission_denied;
    case ECANCELED: return ErrorKind::cancelled;
    case ETIMEDOUT: return ErrorKind::deadline_exceeded;
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOSPC:
    case EDQUOT: return ErrorKind::unavailable;
    default: return ErrorKind::internal;
    }
}

} // namespace

Error system_error(int errno_value, std::string_view action) {
    return Error(kind_of_errno(errno_value),
                 fmt::format("{}: {}", action, boost::system::system_category().message(errno_value)));
}

Error current_error() {
    try {
        throw;
    } catch (const Error& error) {
        return error;
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::system::errc::operation_canceled)
            return Error(ErrorKind::cancelled, "cancelled");
        if (error.code().category() == boost::system::system_category() ||
            error.code().category() == boost::system::generic_category())
            return Error(kind_of_errno(error.code().value()), error.code().message());
        return Error(ErrorKind::unavailable, error.code().message());
    } catch (const std::system_error& error) {
        return Error(kind_of_errno(error.code().value()), error.what());
    } catch (const std::bad_alloc&) {
        return Error(ErrorKind::unavailable, "out of memory");
    } catch (const std::exception& error) {
        return Error(ErrorKind::internal, error.what());
    } catch (...) {
        return Error(ErrorKind::internal, "unknown failure");
    }
}

} // namespace cang
