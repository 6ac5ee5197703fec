#include "app/access_log.hpp"
#include "app/error_responses.hpp"
#include "base/error.hpp"
#include "testing/fake_clock.hpp"

#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace cang::app {
namespace {

http::AccessRecord record(std::string_view route, int status) {
    return {.method = http::Method::get,
            .target = "/v2/library/app/manifests/v1",
            .route = route,
            .status = status,
            .request_bytes = 3,
            .response_bytes = 500,
            .duration = std::chrono::microseconds(1500),
            .remote_address = "10.0.0.1",
            .user = "admin",
            .user_agent = "curl \"7\"\n",
            .request_id = "ab12"};
}

class Pipe {
public:
    Pipe() { EXPECT_EQ(::pipe(ends_), 0); }
    ~Pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int writer() const { return ends_[1]; }
    std::string read() {
        std::string text(64 * 1024, '\0');
        auto length = ::read(ends_[0], text.data(), text.size());
        text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
        return text;
    }

private:
    int ends_[2] = {-1, -1};
};

TEST(AccessLogTest, WritesOneEscapedLineARequest) {
    testing::FakeClock clock;
    Pipe pipe;
    AccessLog log(clock, pipe.writer());
    log.add(record("registry.manifest.get", 200));
    log.flush();
    EXPECT_EQ(pipe.read(), to_rfc3339(clock.now()) +
                               " request method=GET target=/v2/library/app/manifests/v1 status=200 bytes_in=3 "
                               "bytes_out=500 us=1500 addr=10.0.0.1 user=admin agent=\"curl \\\"7\\\"\\x0a\" "
                               "route=registry.manifest.get id=ab12\n");
}

TEST(AccessLogTest, CountsWhatItDropsInsteadOfGrowing) {
    testing::FakeClock clock;
    Pipe pipe;
    AccessLog log(clock, pipe.writer());
    for (int i = 0; i < 40'000; ++i)
        log.add(record("registry.manifest.get", 200));
    std::string all;
    std::jthread reader([&] {
        while (all.find(" dropped lines=") == std::string::npos)
            all += pipe.read();
    });
    log.flush();
    reader.join();
    EXPECT_LT(all.size(), 5U * 1024 * 1024);
}

TEST(FailureResponse, SpeaksTheLanguageOfThePath) {
    auto answer = [](std::string_view path) {
        http::Request request;
        request.path = path;
        request.target = path;
        try {
            throw Error(ErrorKind::conflict, "a garbage collection is running already");
        } catch (...) {
            return failure_response(request);
        }
    };
    EXPECT_EQ(std::get<std::string>(answer("/api/v1/gc").body),
              R"({"type":"about:blank","title":"conflict","status":409,)"
              R"("detail":"a garbage collection is running already","kind":"conflict"})");
    EXPECT_EQ(std::get<std::string>(answer("/v2/x/blobs/y").body),
              R"({"errors":[{"code":"DENIED","message":"a garbage collection is running already","detail":null}]})");
}

} // namespace
} // namespace cang::app
