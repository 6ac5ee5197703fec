#include "api/v1/openapi.hpp"

#include "api/v1/api_fixture.hpp"

#include <cstdlib>
#include <fstream>

namespace cang::api::v1 {
namespace {

const std::string kGolden = CANG_TEST_GOLDEN "/api/";

// UPDATE_GOLDEN=1 writes the files anew.
void expect_golden(const std::string& name, const std::string& text) {
    auto path = kGolden + name;
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
        std::ofstream(path, std::ios::binary) << text;
    std::ifstream file(path, std::ios::binary);
    std::string golden{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(text == golden) << "differs from " << path
                                << "; run again with UPDATE_GOLDEN=1 and look at the difference";
}

// One line for each member of the containers of the document's upper levels, so that a difference can be read.
void print_lines(std::string& out, const boost::json::value& value, std::size_t depth) {
    constexpr std::size_t kOpenLevels = 5;
    std::string indent(2 * depth + 2, ' ');
    const auto* object = value.if_object();
    if (object == nullptr || object->empty() || depth == kOpenLevels) {
        out += boost::json::serialize(value);
        return;
    }
    out += "{\n";
    for (const auto& [name, member] : *object) {
        out += fmt::format("{}{}: ", indent, boost::json::serialize(boost::json::value(name)));
        print_lines(out, member, depth + 1);
        out += &member == &std::prev(object->end())->value() ? "\n" : ",\n";
    }
    out += std::string(2 * depth, ' ') + "}";
}

void collect_references(const boost::json::value& value, std::set<std::string>& found) {
    if (const auto* array = value.if_array())
        for (const auto& item : *array)
            collect_references(item, found);
    if (const auto* object = value.if_object())
        for (const auto& [name, member] : *object) {
            if (name == "$ref")
                found.insert(std::string(member.as_string()));
            collect_references(member, found);
        }
}

class OpenApi : public ApiFixture {
protected:
    OpenApi() {
        add_routes(router, api);
        document = openapi_document(endpoints, all_schemas());
    }

    std::vector<Endpoint> endpoints = all_endpoints(api);
    boost::json::object document;
};

TEST_F(OpenApi, IsTheGoldenOne) {
    std::string text;
    print_lines(text, document, 0);
    expect_golden("openapi.json", text + "\n");
}

TEST_F(OpenApi, RoutesAreTheGoldenOnes) {
    std::string text;
    auto routes = routes_document(endpoints);
    for (const auto& row : routes.at("items").as_array()) {
        auto column = [&row](const char* name) { return std::string(row.at(name).as_string()); };
        text += fmt::format("{:6} {:64} {:32} {}\n", column("method"), column("path"), column("name"),
                            column("permission"));
    }
    expect_golden("routes.txt", text);
}

TEST_F(OpenApi, HasEveryRoute) {
    std::size_t operations = 0;
    for (const auto& [path, item] : document.at("paths").as_object())
        operations += item.as_object().size();
    EXPECT_EQ(operations, endpoints.size()) << "two routes of one method have paths that differ in dots only";
}

TEST_F(OpenApi, RefersToWhatThereIs) {
    std::set<std::string> references;
    collect_references(document, references);
    EXPECT_FALSE(references.empty());
    for (const auto& reference : references) {
        boost::system::error_code failure;
        boost::json::value whole = document;
        EXPECT_NE(whole.find_pointer(reference.substr(1), failure), nullptr) << reference;
    }
}

TEST_F(OpenApi, SaysWhatEachEndpointIs) {
    for (const auto& endpoint : endpoints) {
        const auto& name = endpoint.route.name;
        EXPECT_FALSE(endpoint.group.empty()) << name;
        EXPECT_FALSE(endpoint.summary.empty() || endpoint.summary.ends_with('.')) << name;
        EXPECT_EQ(endpoint.status == 204 || endpoint.status == 302,
                  endpoint.response.empty() && endpoint.response_media.empty())
            << name << ": an answer with a body needs a schema or a media type";
        EXPECT_TRUE(endpoint.route.pattern.starts_with("/api/v1/")) << name;
    }
}

TEST_F(OpenApi, DescribesAnEndpointOfARepository) {
    Endpoint endpoint{.route = {http::Method::delete_,
                                "/api/v1/repositories/{name...}/-/tags/{tag}",
                                "api.tags.delete",
                                "public",
                                {}},
                      .summary = "Remove a tag",
                      .group = "images",
                      .status = 204};
    auto alone = openapi_document(std::span(&endpoint, 1), {});
    EXPECT_EQ(
        boost::json::serialize(alone.at("paths")),
        R"({"/api/v1/repositories/{name}/-/tags/{tag}":{"delete":{"operationId":"api.tags.delete",)"
        R"("tags":["images"],"summary":"Remove a tag","security":[],"x-permission":"public","parameters":[)"
        R"({"name":"name","in":"path","required":true,)"
        R"("description":"A repository; its slashes are part of the path","schema":{"type":"string"}},)"
        R"({"name":"tag","in":"path","required":true,"description":"A tag","schema":{"type":"string"}}],)"
        R"("responses":{"204":{"description":"Success"},"default":{"$ref":"#/components/responses/Problem"}}}}})");
}

TEST_F(OpenApi, RefusesASchemaThatIsNone) {
    Schema broken{"Broken", "{"};
    try {
        openapi_document({}, std::span(&broken, 1));
        ADD_FAILURE() << "took it";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "the schema of Broken is no JSON");
    }
}

TEST_F(OpenApi, IsServed) {
    EXPECT_EQ(get_json("/api/v1/openapi.json"), boost::json::value(document));
    EXPECT_EQ(get_json("/api/v1/routes").at("items").as_array().size(), endpoints.size());
}

TEST_F(OpenApi, HasAPageThatKeepsToThePolicy) {
    auto page = get("/api/v1/docs");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_NE(page.header("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
    EXPECT_EQ(page.body.find("<style"), std::string::npos);
    EXPECT_EQ(page.body.find("://"), std::string::npos) << "everything comes from here";
    for (const auto* file : {"docs/docs.js", "docs/docs.css"}) {
        EXPECT_NE(page.body.find(file), std::string::npos) << file;
        EXPECT_EQ(get(std::string("/api/v1/") + file).status, 200) << file;
    }
    EXPECT_EQ(get("/api/v1/docs/nothing.js").status, 404);
}

} // namespace
} // namespace cang::api::v1
