#include "base/error_kind.hpp"

#include <array>

namespace cang {

namespace {

using enum ErrorKind;

constexpr std::array kTable{
    ErrorKindRow{invalid_argument, "invalid_argument", 400, "UNSUPPORTED", 3, "info"},
    ErrorKindRow{not_found, "not_found", 404, "NAME_UNKNOWN", 2, "info"},
    ErrorKindRow{already_exists, "already_exists", 409, "DENIED", 1, "info"},
    ErrorKindRow{conflict, "conflict", 409, "DENIED", 1, "info"},
    ErrorKindRow{unauthenticated, "unauthenticated", 401, "UNAUTHORIZED", 1, "info"},
    ErrorKindRow{permission_denied, "permission_denied", 403, "DENIED", 1, "info"},
    ErrorKindRow{rate_limited, "rate_limited", 429, "TOOMANYREQUESTS", 1, "info"},
    ErrorKindRow{unavailable, "unavailable", 503, "UNAVAILABLE", 1, "warn"},
    ErrorKindRow{deadline_exceeded, "deadline_exceeded", 504, "UNAVAILABLE", 1, "warn"},
    ErrorKindRow{cancelled, "cancelled", 499, "UNKNOWN", 1, "debug"},
    ErrorKindRow{corrupt, "corrupt", 400, "DIGEST_INVALID", 1, "error"},
    ErrorKindRow{unsupported, "unsupported", 405, "UNSUPPORTED", 1, "info"},
    ErrorKindRow{internal, "internal", 500, "UNKNOWN", 1, "error"},
};

} // namespace

std::span<const ErrorKindRow> error_kind_table() { return kTable; }

const ErrorKindRow& error_kind_row(ErrorKind kind) { return kTable[static_cast<std::size_t>(kind)]; }

} // namespace cang
