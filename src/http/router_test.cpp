#include "http/router.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace cang::http {
namespace {

Route route(Method method, std::string pattern, std::string name) {
    Route result{.method = method, .pattern = std::move(pattern), .name = std::move(name)};
    return result;
}

Router distribution_router() {
    using enum Method;
    Router router;
    router.add({route(get, "/v2/", "base"), route(get, "/v2/_catalog", "catalog"),
                route(get, "/v2/{name...}/tags/list", "tags"),
                route(get, "/v2/{name...}/manifests/{reference}", "manifest.get"),
                route(put, "/v2/{name...}/manifests/{reference}", "manifest.put"),
                route(get, "/v2/{name...}/blobs/{digest}", "blob.get"),
                route(post, "/v2/{name...}/blobs/uploads/", "upload.start"),
                route(patch, "/v2/{name...}/blobs/uploads/{id}", "upload.patch"),
                route(get, "/v2/{name...}/referrers/{digest}", "referrers")});
    return router;
}

struct Matched {
    std::string name;
    std::vector<std::pair<std::string, std::string>> parameters;
    bool path_known = false;
    std::vector<Method> allowed;
};

Matched match(const Router& router, Method method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    auto found = router.match(request);
    Matched result{.path_known = found.path_known, .allowed = found.allowed};
    if (found.route)
        result.name = found.route->name;
    for (const auto& [name, value] : request.parameters)
        result.parameters.emplace_back(name, value);
    return result;
}

std::string refusal(const Router& router, std::string_view path) {
    try {
        match(router, Method::get, path);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        return error.message();
    }
    return "accepted";
}

std::string add_failure(std::vector<Route> routes) {
    Router router;
    try {
        router.add(std::move(routes));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::internal);
        return error.message();
    }
    return "accepted";
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

TEST(Router, TakesRepositoryNamesOfManySegments) {
    auto router = distribution_router();
    auto found = match(router, Method::get, "/v2/a/b/c/manifests/latest");
    EXPECT_EQ(found.name, "manifest.get");
    EXPECT_EQ(found.parameters, (Parameters{{"name", "a/b/c"}, {"reference", "latest"}}));
}

TEST(Router, TakesTheLiteralsFromBothEndsSoThatNamesMayContainThem) {
    auto router = distribution_router();
    auto found = match(router, Method::get, "/v2/blobs/manifests/tags/manifests/v1");
    EXPECT_EQ(found.name, "manifest.get");
    EXPECT_EQ(found.parameters.at(0).second, "blobs/manifests/tags");
    EXPECT_EQ(match(router, Method::patch, "/v2/blobs/uploads/blobs/uploads/x").parameters,
              (Parameters{{"name", "blobs/uploads"}, {"id", "x"}}));
}

TEST(Router, DistinguishesATrailingSlash) {
    auto router = distribution_router();
    EXPECT_EQ(match(router, Method::post, "/v2/a/blobs/uploads/").name, "upload.start");
    EXPECT_EQ(match(router, Method::post, "/v2/a/blobs/uploads").name, "");
    EXPECT_EQ(match(router, Method::get, "/v2/").name, "base");
    EXPECT_EQ(match(router, Method::get, "/v2").name, "");
}

TEST(Router, NamesTheAllowedMethodsOfAKnownPath) {
    auto router = distribution_router();
    auto found = match(router, Method::delete_, "/v2/a/manifests/b");
    EXPECT_EQ(found.name, "");
    EXPECT_TRUE(found.path_known);
    EXPECT_EQ(found.allowed, (std::vector{Method::get, Method::put}));
    EXPECT_FALSE(match(router, Method::get, "/nothing").path_known);
}

TEST(Router, PrefersTheMoreSpecificPattern) {
    Router router;
    router.add({route(Method::get, "/{rest...}", "any"), route(Method::get, "/api/{x}", "one"),
                route(Method::get, "/api/status", "status"), route(Method::get, "/api/{rest...}", "api")});
    EXPECT_EQ(match(router, Method::get, "/api/status").name, "status");
    EXPECT_EQ(match(router, Method::get, "/api/other").name, "one");
    EXPECT_EQ(match(router, Method::get, "/api/a/b").name, "api");
    EXPECT_EQ(match(router, Method::get, "/index.html").name, "any");
}

TEST(Router, FallsBackToAWiderPatternThatHasTheMethod) {
    Router router;
    router.add({route(Method::get, "/a/b", "narrow"), route(Method::post, "/a/{x}", "wide")});
    EXPECT_EQ(match(router, Method::post, "/a/b").name, "wide");
}

TEST(Router, RefusesAmbiguousPatternsOfOneMethod) {
    using enum Method;
    EXPECT_EQ(add_failure({route(get, "/a/{x}/c", "one"), route(get, "/a/b/{y}", "two")}),
              "route \"two\" (GET /a/b/{y}): ambiguous with route \"one\" (/a/{x}/c)");
    EXPECT_EQ(add_failure({route(get, "/a/{x}", "one"), route(get, "/a/{y}", "two")}),
              "route \"two\" (GET /a/{y}): ambiguous with route \"one\" (/a/{x})");
    EXPECT_EQ(add_failure({route(get, "/{x...}/b", "one"), route(get, "/a/{y...}", "two")}),
              "route \"two\" (GET /a/{y...}): ambiguous with route \"one\" (/{x...}/b)");
    EXPECT_EQ(add_failure({route(get, "/a/{x}/c", "one"), route(put, "/a/b/{y}", "two")}), "accepted");
}

TEST(Router, RefusesDuplicateNamesAndMalformedPatterns) {
    using enum Method;
    EXPECT_EQ(add_failure({route(get, "/a", "one"), route(get, "/b", "one")}),
              "route \"one\" (GET /b): the name is taken");
    EXPECT_NE(add_failure({route(get, "a", "one")}).find("a pattern begins with a slash"), std::string::npos);
    EXPECT_NE(add_failure({route(get, "/a{x}", "one")}).find("a parameter is a whole segment"), std::string::npos);
    EXPECT_NE(add_failure({route(get, "/{x...}/a/{y...}", "one")}).find("at most one {x...}"), std::string::npos);
    EXPECT_NE(add_failure({route(get, "/{x}/{x}", "one")}).find("a parameter's name is unique"), std::string::npos);
}

TEST(Router, DecodesParametersOneByOne) {
    auto router = distribution_router();
    EXPECT_EQ(match(router, Method::get, "/v2/a/blobs/sha256%3Aabc").parameters.at(1).second, "sha256:abc");
    EXPECT_EQ(match(router, Method::get, "/v2/%61/b%2Dc/tags/list").parameters.at(0).second, "a/b-c");
}

TEST(Router, RefusesWhatCouldMeanAnotherPath) {
    auto router = distribution_router();
    EXPECT_EQ(refusal(router, "/v2/a%2Fb/tags/list"), "the path holds an encoded slash");
    EXPECT_EQ(refusal(router, "/v2/a/../b/tags/list"), "the path holds a dot segment");
    EXPECT_EQ(refusal(router, "/v2/a/%2e%2E/b/tags/list"), "the path holds a dot segment");
    EXPECT_EQ(refusal(router, "/v2/a/./tags/list"), "the path holds a dot segment");
    EXPECT_EQ(refusal(router, "/v2/a%5Cb/tags/list"), "the path holds a backslash");
    EXPECT_EQ(refusal(router, "/v2/a%0Ab/tags/list"), "the path holds a control character");
    EXPECT_EQ(refusal(router, "/v2/a%00b/tags/list"), "the path holds a bad percent escape");
    EXPECT_EQ(refusal(router, "/v2/a%zz/tags/list"), "the path holds a bad percent escape");
    EXPECT_EQ(match(router, Method::get, "/v2/a//b/tags/list").name, "");
}

TEST(Router, KnowsNoPathOfThousandsOfSegments) {
    auto router = distribution_router();
    std::string path = "/v2";
    for (int i = 0; i < 4000; ++i)
        path += "/a";
    EXPECT_EQ(match(router, Method::get, path + "/tags/list").name, "");
}

TEST(Request, ThrowsForAParameterThatThePatternLacks) {
    Request request;
    EXPECT_THROW(request.parameter("name"), Error);
}

TEST(Request, DecodesQueryValues) {
    Request request;
    request.query = "n=10&last=a%2Fb&empty=&flag&type=x+y&n=11";
    EXPECT_EQ(request.query_value("n"), "10");
    EXPECT_EQ(request.query_value("last"), "a/b");
    EXPECT_EQ(request.query_value("empty"), "");
    EXPECT_EQ(request.query_value("flag"), "");
    EXPECT_EQ(request.query_value("type"), "x+y");
    EXPECT_EQ(request.query_value("absent"), std::nullopt);
    EXPECT_EQ(request.query_values("n"), (std::vector<std::string>{"10", "11"}));
}

TEST(Request, RefusesABadEscapeInTheQuery) {
    Request request;
    request.query = "n=%g0";
    EXPECT_THROW(request.query_value("n"), Error);
}

} // namespace
} // namespace cang::http
