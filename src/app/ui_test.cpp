#include "app/ui.hpp"

#include <gtest/gtest.h>

namespace cang::app {
namespace {

const http::StaticFile kFiles[] = {
    {"/assets/app-12345678.js", "text/javascript; charset=utf-8", "1", false, 1, "aa", true},
    {"/assets/lazy-12345678.js", "text/javascript; charset=utf-8", "2", false, 1, "cc", true},
    {"/favicon.svg", "image/svg+xml", "<svg/>", false, 6, "dd", false},
    {"/index.html", "text/html; charset=utf-8", "<p>", false, 3, "bb", false},
};

class UiTest : public ::testing::Test {
protected:
    std::optional<http::Response> open(std::string_view path, std::string accept = "text/html,*/*;q=0.8",
                                       http::Method method = http::Method::get) {
        http::Fields headers{{"Accept", std::move(accept)}};
        http::Request request;
        request.method = method;
        request.path = path;
        request.headers = &headers;
        return ui.find_page(request, {});
    }

    Ui ui{kFiles};
};

TEST_F(UiTest, HasRoutesForItsFilesAndFolders) {
    std::vector<std::string> rows;
    for (const auto& route : ui.routes())
        rows.push_back(std::string(to_string(route.method)) + " " + route.pattern + " " + route.name);
    EXPECT_EQ(rows, (std::vector<std::string>{"GET / ui", "HEAD / ui.head",            //
                                              "GET /assets/{file...} ui.assets",       //
                                              "HEAD /assets/{file...} ui.assets.head", //
                                              "GET /favicon.svg ui.favicon.svg",       //
                                              "HEAD /favicon.svg ui.favicon.svg.head", //
                                              "GET /index.html ui.index.html", "HEAD /index.html ui.index.html.head"}));
}

TEST_F(UiTest, AnswersDeepLinksWithItsPage) {
    for (const auto* path : {"/images", "/images/library/nginx/-/1.27.3", "/v2x", "/apis"}) {
        auto page = open(path);
        ASSERT_TRUE(page) << path;
        EXPECT_EQ(std::get<http::StaticBody>(page->body).bytes, "<p>");
    }
    EXPECT_TRUE(open("/operations", "text/html", http::Method::head));
}

TEST_F(UiTest, LeavesOtherFacesTheirErrors) {
    for (const auto* path : {"/v2", "/v2/nothing", "/api/v1/nothing", "/api", "/socket.io/x"})
        EXPECT_FALSE(open(path)) << path;
    EXPECT_FALSE(open("/images", "*/*")) << "a script or a picture that is missing";
    EXPECT_FALSE(open("/images", "text/html", http::Method::post));
}

TEST_F(UiTest, IsNoPageWhenItWasNotBuilt) {
    Ui none({});
    EXPECT_EQ(none.routes().size(), 2U) << "the front page tells how to build it";
    http::Fields headers{{"Accept", "text/html"}};
    http::Request request;
    request.path = "/images";
    request.headers = &headers;
    EXPECT_FALSE(none.find_page(request, {}));
}

} // namespace
} // namespace cang::app
