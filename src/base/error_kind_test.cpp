#include "base/error_kind.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang {

namespace {

constexpr std::string_view kGolden = R"(
kind               http  oci code         exit  level  retry
invalid_argument    400  UNSUPPORTED         3  info
not_found           404  NAME_UNKNOWN        2  info
already_exists      409  DENIED              1  info
conflict            409  DENIED              1  info
unauthenticated     401  UNAUTHORIZED        1  info
permission_denied   403  DENIED              1  info
rate_limited        429  TOOMANYREQUESTS     1  info   yes
unavailable         503  UNAVAILABLE         1  warn   yes
deadline_exceeded   504  UNAVAILABLE         1  warn   yes
cancelled           499  UNKNOWN             1  debug
corrupt             400  DIGEST_INVALID      1  error
unsupported         405  UNSUPPORTED         1  info
internal            500  UNKNOWN             1  error
)";

std::string printed_table() {
    std::string text = "\nkind               http  oci code         exit  level  retry\n";
    for (const auto& row : error_kind_table()) {
        auto line = fmt::format("{:<18} {:>4}  {:<16} {:>4}  {:<5}  {}", row.name, row.http_status, row.oci_code,
                                row.exit_code, row.log_level, Error(row.kind, "").retryable() ? "yes" : "");
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

} // namespace

TEST(ErrorKindTable, IsWhatEveryFaceReliesOn) { EXPECT_EQ(printed_table(), kGolden); }

TEST(ErrorKindTable, IsIndexedByKind) {
    for (const auto& row : error_kind_table())
        EXPECT_EQ(&error_kind_row(row.kind), &row) << row.name;
}

} // namespace cang
