#include "http/metrics.hpp"

#include "http/loggable.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

AccessRecord record(std::string_view route, int status, std::int64_t micros) {
    AccessRecord result;
    result.route = route;
    result.status = status;
    result.duration = std::chrono::microseconds(micros);
    result.request_bytes = 10;
    result.response_bytes = 20;
    return result;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CountByRouteAndStatus) {
    Router router;
    Route route{.method = Method::get, .pattern = "/a", .name = "a.get"};
    router.add({route});
    Metrics metrics;
    metrics.add_routes(router);
    metrics.observe(record("a.get", 200, 90));
    metrics.observe(record("a.get", 200, 2'000));
    metrics.observe(record("a.get", 404, 999'000'000));
    metrics.observe(record("", 400, 1));
    auto text = metrics.text();
    EXPECT_TRUE(has_line(text, R"(http_requests_total{method="GET",route="a.get",code="200"} 2)")) << text;
    EXPECT_TRUE(has_line(text, R"(http_requests_total{method="GET",route="a.get",code="404"} 1)"));
    EXPECT_TRUE(has_line(text, R"(http_requests_total{route="unmatched",code="400"} 1)"));
    EXPECT_TRUE(has_line(text, R"(http_request_duration_seconds_bucket{method="GET",route="a.get",le="0.0001"} 1)"));
    EXPECT_TRUE(has_line(text, R"(http_request_duration_seconds_bucket{method="GET",route="a.get",le="0.0025"} 2)"));
    EXPECT_TRUE(has_line(text, R"(http_request_duration_seconds_count{method="GET",route="a.get"} 3)"));
    EXPECT_TRUE(has_line(text, R"(http_request_bytes_total{method="GET",route="a.get"} 30)"));
    EXPECT_TRUE(has_line(text, R"(http_response_bytes_total{method="GET",route="a.get"} 60)"));
}

TEST(Metrics, AskForValuesWhenTheTextIsMade) {
    Metrics metrics;
    double value = 1;
    metrics.add_gauge("cang_things", "Things.", [&] { return value; });
    metrics.add_counter("cang_events_total", "Events.", [] { return 7.0; });
    value = 3;
    auto text = metrics.text();
    EXPECT_TRUE(has_line(text, "# TYPE cang_things gauge"));
    EXPECT_TRUE(has_line(text, "cang_things 3"));
    EXPECT_TRUE(has_line(text, "# TYPE cang_events_total counter"));
    EXPECT_TRUE(has_line(text, "cang_events_total 7"));
}

TEST(Metrics, DescribeTheProcess) {
    auto text = Metrics().text();
    for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                             "process_max_fds", "process_start_time_seconds"}) {
        auto at = text.find("\n" + std::string(name) + " ");
        ASSERT_NE(at, std::string::npos) << name;
        EXPECT_GT(std::stod(text.substr(at + std::string(name).size() + 2)), 0) << name;
    }
}

TEST(AccessLog, MasksSecretsAndBoundsTheTarget) {
    EXPECT_EQ(loggable_target("/token?service=a&token=abc&n=1"), "/token?service=a&token=[secret]&n=1");
    EXPECT_EQ(loggable_target("/a?password"), "/a?password=[secret]");
    EXPECT_EQ(loggable_target("/" + std::string(9000, 'x')).size(), 515U);
    EXPECT_EQ(loggable_target("/v2/"), "/v2/");
    EXPECT_EQ(loggable_name(std::string(9000, 'x')).size(), 131U);
}

} // namespace
} // namespace cang::http
