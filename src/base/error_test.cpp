#include "base/error.hpp"

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <gtest/gtest.h>
#include <new>
#include <stdexcept>

namespace cang {

namespace {

template <typename Exception>
Error converted(const Exception& exception) {
    try {
        throw exception;
    } catch (...) {
        return current_error();
    }
}

} // namespace

TEST(Error, CollectsContextWhileUnwinding) {
    Error error(ErrorKind::unavailable, "connection reset");
    error.during("reading the answer").during("pushing layer sha256:00");
    EXPECT_EQ(error.message(), "pushing layer sha256:00: reading the answer: connection reset");
    EXPECT_STREQ(error.what(), "pushing layer sha256:00: reading the answer: connection reset");
}

TEST(Error, CarriesCodeAndDelay) {
    Error error(ErrorKind::rate_limited, "slow down");
    EXPECT_EQ(error.code(), "");
    EXPECT_FALSE(error.retry_after());
    error.with_code("TOOMANYREQUESTS").with_retry_after(std::chrono::seconds(3));
    EXPECT_EQ(error.code(), "TOOMANYREQUESTS");
    EXPECT_EQ(error.retry_after(), std::chrono::milliseconds(3000));
}

TEST(ParseError, CountsCharactersFromOne) {
    EXPECT_EQ((ParseError{"the tag is missing", 4}).to_string(), "the tag is missing (at character 5)");
}

TEST(ThrowInvalid, IsAUsersMistake) {
    try {
        throw_invalid("--platform", ParseError{"is odd", 0});
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        EXPECT_EQ(error.message(), "--platform: is odd (at character 1)");
    }
}

TEST(CurrentError, KeepsOursAsItIs) {
    Error ours(ErrorKind::conflict, "busy");
    ours.with_code("X");
    EXPECT_EQ(converted(ours).kind(), ErrorKind::conflict);
    EXPECT_EQ(converted(ours).code(), "X");
}

TEST(CurrentError, ConvertsForeignExceptions) {
    using boost::system::system_error;
    namespace errc = boost::system::errc;
    auto cancelled = converted(system_error(errc::make_error_code(errc::operation_canceled)));
    EXPECT_EQ(cancelled.kind(), ErrorKind::cancelled);
    EXPECT_EQ(cancelled.message(), "cancelled");
    EXPECT_EQ(converted(system_error(errc::make_error_code(errc::connection_refused))).kind(), ErrorKind::unavailable);
    EXPECT_EQ(converted(std::system_error(ENOENT, std::generic_category())).kind(), ErrorKind::not_found);
    EXPECT_EQ(converted(std::bad_alloc()).message(), "out of memory");
    EXPECT_EQ(converted(std::runtime_error("odd")).kind(), ErrorKind::internal);
    EXPECT_EQ(converted(std::runtime_error("odd")).message(), "odd");
    EXPECT_EQ(converted(42).message(), "unknown failure");
}

TEST(SystemError, MapsNumbersToKinds) {
    EXPECT_EQ(system_error(ENOENT, "opening the blob").message(), "opening the blob: No such file or directory");
    EXPECT_EQ(system_error(ENOENT, "").kind(), ErrorKind::not_found);
    EXPECT_EQ(system_error(EACCES, "").kind(), ErrorKind::permission_denied);
    EXPECT_EQ(system_error(EEXIST, "").kind(), ErrorKind::already_exists);
    EXPECT_EQ(system_error(ENOSPC, "").kind(), ErrorKind::unavailable);
    EXPECT_EQ(system_error(ECONNREFUSED, "").kind(), ErrorKind::unavailable);
    EXPECT_EQ(system_error(ETIMEDOUT, "").kind(), ErrorKind::deadline_exceeded);
    EXPECT_EQ(system_error(EIO, "").kind(), ErrorKind::internal);
}

} // namespace cang
