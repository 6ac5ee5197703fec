// One row per ErrorKind: what each face makes of it.
#pragma once

#include "base/error.hpp"

#include <span>

namespace cang {

struct ErrorKindRow {
    ErrorKind kind;
    std::string_view name; // lower_snake_case, as in the API's problem bodies
    int http_status;
    std::string_view oci_code;  // distribution-spec error code when the thrower named none
    int exit_code;              // of the command line: 1 failed, 2 not found, 3 usage
    std::string_view log_level; // debug, info, warn, error
};

std::span<const ErrorKindRow> error_kind_table();
const ErrorKindRow& error_kind_row(ErrorKind kind);

} // namespace cang
