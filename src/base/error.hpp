// The one exception that crosses a module boundary, and its closed set of kinds.
//
// Absence is not an error (optional, bool); text that does not parse is a ParseError value; everything else that
// fails throws Error. Caught in five places only: HTTP boundary, operation boundary, retry, CLI main, TaskGroup.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace cang {

enum class ErrorKind {
    invalid_argument,
    not_found,
    already_exists,
    conflict,
    unauthenticated,
    permission_denied,
    rate_limited,
    unavailable,
    deadline_exceeded,
    cancelled,
    corrupt,
    unsupported,
    internal,
};

class Error : public std::exception {
public:
    // `message` is fit to show to a user: no secret, no URL with userinfo, no path of the server's own disk.
    Error(ErrorKind kind, std::string message);

    // Prepends context while unwinding: "pushing layer sha256:…: connection reset".
    Error& during(std::string_view step) &;
    // The peer's own code, for example MANIFEST_UNKNOWN.
    Error& with_code(std::string code) &;
    // How long the peer asked us to wait (Retry-After).
    Error& with_retry_after(std::chrono::milliseconds delay) &;

    ErrorKind kind() const noexcept { return kind_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& code() const noexcept { return code_; }
    std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }
    // Derived from the kind: rate_limited, unavailable and deadline_exceeded may succeed when tried again.
    bool retryable() const noexcept;
    const char* what() const noexcept override { return message_.c_str(); }

private:
    ErrorKind kind_;
    std::string message_;
    std::string code_;
    std::optional<std::chrono::milliseconds> retry_after_;
};

// Why a text is not a value, and where.
struct ParseError {
    std::string reason;
    std::size_t position = 0; // byte offset in the text

    std::string to_string() const;
};

// Throws Error{invalid_argument} with the parse error's text, for callers to whom bad text is a user's mistake.
[[noreturn]] void throw_invalid(std::string_view what, const ParseError& error);

// What the exception in flight means to a user; converts system errors and library exceptions to Error.
// Call inside a catch block.
Error current_error();

// Error for a failed system call; maps ENOENT, ENOSPC, EACCES, ECONNREFUSED and friends to kinds.
Error system_error(int errno_value, std::string_view action);

} // namespace cang
