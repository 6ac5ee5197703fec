#include "distribution/name_page.hpp"

#include "distribution/test_conversation.hpp"

namespace cang::distribution {
namespace {

using Names = std::vector<std::string>;

// The page, or one name that says what was thrown.
NamePage tags_of(ScriptedServer& server, NameQuery query) {
    NamePage page;
    auto failure = talk(server, plain_options(), [&](RegistryClient& client) -> awaitable<void> {
        page = co_await page_of_tags(client, "a", query);
    });
    return failure.empty() ? page : NamePage{.names = {failure}, .next = {}};
}

TEST(NamePages, GoAsTheRegistryGoes) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=2",
                                    .response_headers = {{"Link", "</v2/a/tags/list?n=2&token=x%2F>; rel=\"next\""}},
                                    .body = R"({"tags":["v2","v1"]})"},
                           Exchange{.target = "/v2/a/tags/list?n=2&token=x%2F", .body = R"({"tags":["v0"]})"}});
    auto first = tags_of(server, {.search = "", .cursor = "", .limit = 2});
    EXPECT_EQ(first.names, (Names{"v2", "v1"})) << "in its order";
    EXPECT_EQ(first.next, "0:n=2&token=x%2F");
    auto second = tags_of(server, {.search = "", .cursor = first.next, .limit = 2});
    EXPECT_EQ(second.names, Names{"v0"});
    EXPECT_EQ(second.next, "");
    EXPECT_EQ(server.problems(), "");
}

TEST(NamePages, CutWhatARegistrySendsAtOnce) {
    ScriptedServer server(
        {Exchange{.target = "/v2/a/tags/list?n=2", .forever = true, .body = R"({"tags":["a","bad tag","b",7,"c"]})"}});
    auto first = tags_of(server, {.search = "", .cursor = "", .limit = 2});
    EXPECT_EQ(first.names, (Names{"a", "b"}));
    EXPECT_EQ(first.next, "4:n=2");
    auto second = tags_of(server, {.search = "", .cursor = first.next, .limit = 2});
    EXPECT_EQ(second.names, Names{"c"});
    EXPECT_EQ(second.next, "");
    EXPECT_EQ(tags_of(server, {.search = "", .cursor = "9:n=2", .limit = 2}).names, Names{}) << "the list shrank";
}

TEST(NamePages, SearchOnFromPageToPage) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=1000",
                                    .response_headers = {{"Link", "</v2/a/tags/list?last=b>; rel=\"next\""}},
                                    .body = R"({"tags":["alpine","Debian-1","b"]})"},
                           Exchange{.target = "/v2/a/tags/list?last=b",
                                    .forever = true,
                                    .body = R"({"tags":["debian-2","x","debian-3"]})"}});
    auto first = tags_of(server, {.search = "debIAN", .cursor = "", .limit = 2});
    EXPECT_EQ(first.names, (Names{"Debian-1", "debian-2"}));
    EXPECT_EQ(first.next, "2:last=b");
    auto second = tags_of(server, {.search = "debIAN", .cursor = first.next, .limit = 2});
    EXPECT_EQ(second.names, Names{"debian-3"});
    EXPECT_EQ(second.next, "");
}

TEST(NamePages, PauseASearchThatFindsNothing) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=1000",
                                    .response_headers = {{"Link", "<?n=1>; rel=\"next\""}},
                                    .body = R"({"tags":["x"]})"},
                           Exchange{.target = "/v2/a/tags/list?n=1",
                                    .forever = true,
                                    .response_headers = {{"Link", "<?n=1>; rel=\"next\""}},
                                    .body = R"({"tags":["x"]})"}});
    auto page = tags_of(server, {.search = "y", .cursor = "", .limit = 2});
    EXPECT_EQ(page.names, Names{});
    EXPECT_EQ(page.next, "0:n=1");
    EXPECT_EQ(server.requests().size(), 20U);
}

TEST(NamePages, RefuseWhatIsNoList) {
    ScriptedServer server({Exchange{.target = "/v2/a/tags/list?n=50", .status = 404},
                           Exchange{.target = "/v2/a/tags/list?n=50", .body = R"({"tags":"x"})"},
                           Exchange{.target = "/v2/a/tags/list?n=50",
                                    .response_headers = {{"Link", "<?" + std::string(2000, 'x') + ">; rel=\"next\""}},
                                    .body = R"({"tags":["x"]})"},
                           Exchange{.target = "/v2/a/tags/list?n=50", .body = R"({"tags":null})"}});
    auto action = fmt::format("listing the tags of {}/a", server.authority());
    EXPECT_EQ(tags_of(server, {}).names, Names{"not_found: " + action + ": there is no such repository"});
    EXPECT_EQ(tags_of(server, {}).names, Names{"corrupt: " + action + ": the registry's answer has no list \"tags\""});
    EXPECT_EQ(tags_of(server, {}).names,
              Names{"corrupt: " + action + ": the registry's link to the next page is unusable"});
    EXPECT_EQ(tags_of(server, {}).names, Names{});
    for (std::string cursor : {"x", "1", ":n=1", "-1:n=1", "1:a b", "1:a\r\nb", "1:a#b", "99999999999999999999999:n"})
        EXPECT_EQ(tags_of(server, {.search = "", .cursor = cursor, .limit = 2}).names,
                  Names{"invalid_argument: cursor is not one that a page gave"})
            << cursor;
}

TEST(NamePages, SayThatThereIsNoCatalog) {
    ScriptedServer server({Exchange{.target = "/v2/_catalog?n=50", .status = 404},
                           Exchange{.target = "/v2/_catalog?n=50", .body = R"({"repositories":["a/b","_"]})"}});
    NamePage page;
    auto list = [&](RegistryClient& client) -> awaitable<void> { page = co_await page_of_repositories(client, {}); };
    EXPECT_EQ(talk(server, plain_options(), list),
              fmt::format("unsupported: {} has no catalog; open a repository by its name", server.authority()));
    EXPECT_EQ(talk(server, plain_options(), list), "");
    EXPECT_EQ(page.names, Names{"a/b"});
}

} // namespace
} // namespace cang::distribution
