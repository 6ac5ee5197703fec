#include "async/for_each_limit.hpp"
#include "distribution/blobs.hpp"
#include "distribution/test_conversation.hpp"

namespace cang::distribution {
namespace {

const oci::Digest kBlob = oci::Digest::of(std::string_view("blob"));

std::string blob_path() { return "/v2/a/b/blobs/" + kBlob.to_string(); }

std::string challenge(const ScriptedServer& tokens) {
    return fmt::format("Bearer realm=\"{}\",service=\"s v\",scope=\"repository:a/b:pull\"", tokens.url("/token"));
}

const std::string kTokenTarget = "/token?service=s%20v&scope=repository%3Aa%2Fb%3Apull";

awaitable<void> look(RegistryClient& client) {
    Blobs blobs(client, "a/b");
    co_await blobs.find(kBlob);
}

TEST(RegistryAuth, AnswersABearerChallengeOnceAndKeepsTheToken) {
    ScriptedServer tokens({Exchange{
        .target = kTokenTarget, .headers = {{"Authorization", ""}}, .body = R"({"token":"t1","expires_in":300})"}});
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .headers = {{"Authorization", ""}},
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", challenge(tokens)}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t1"}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t1"}}}});
    EXPECT_EQ(talk(server, plain_options(),
                   [](RegistryClient& client) -> awaitable<void> {
                       co_await look(client);
                       co_await look(client);
                   }),
              "");
    EXPECT_EQ(server.problems() + tokens.problems(), "");
}

TEST(RegistryAuth, RefreshesAnExpiredTokenOnce) {
    ScriptedServer tokens({Exchange{.target = kTokenTarget + "&account=u",
                                    .headers = {{"Authorization", "Basic dTpw"}},
                                    .body = R"({"token":"t1"})"},
                           Exchange{.target = kTokenTarget + "&account=u", .body = R"({"access_token":"t2"})"},
                           Exchange{.target = kTokenTarget + "&account=u", .body = R"({"token":"t3"})"}});
    std::string offer = challenge(tokens);
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .headers = {{"Authorization", ""}},
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", offer}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t1"}}},
         Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .headers = {{"Authorization", "Bearer t1"}},
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", offer}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t2"}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t3"}}}});
    RegistryOptions options = plain_options();
    options.credentials = Credentials{.username = "u", .password = Secret("p")};
    auto clock = std::make_shared<testing::FakeClock>();
    options.clock = clock;
    EXPECT_EQ(talk(server, options,
                   [&](RegistryClient& client) -> awaitable<void> {
                       co_await look(client);
                       co_await look(client); // refused early: the registry knows better than the clock
                       clock->advance(std::chrono::seconds(61)); // expired by the clock: no request is wasted on it
                       co_await look(client);
                   }),
              "");
    EXPECT_EQ(server.problems() + tokens.problems(), "");
}

TEST(RegistryAuth, SharesOneTokenAmongConcurrentRequests) {
    ScriptedServer tokens({Exchange{.target = kTokenTarget, .body = R"({"token":"t1"})"}});
    Exchange refuse{.method = "HEAD",
                    .target = blob_path(),
                    .headers = {{"Authorization", ""}},
                    .forever = true,
                    .status = 401,
                    .response_headers = {{"WWW-Authenticate", challenge(tokens)}}};
    Exchange serve{
        .method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t1"}}, .forever = true};
    ScriptedServer server({refuse, serve});
    EXPECT_EQ(talk(server, plain_options(),
                   [](RegistryClient& client) -> awaitable<void> {
                       std::function<awaitable<void>(std::size_t)> one = [&](std::size_t) { return look(client); };
                       co_await async::for_each_index(10, 10, one);
                   }),
              "");
    EXPECT_EQ(tokens.requests().size(), 1U);
    EXPECT_EQ(tokens.problems() + server.problems(), "");
}

TEST(RegistryAuth, GivesUpWhenAFreshTokenDoesNotSuffice) {
    ScriptedServer tokens({Exchange{.target = kTokenTarget, .body = R"({"token":"t1"})"}});
    std::string offer = challenge(tokens);
    ScriptedServer server(
        {Exchange{
             .method = "HEAD", .target = blob_path(), .status = 401, .response_headers = {{"WWW-Authenticate", offer}}},
         Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .headers = {{"Authorization", "Bearer t1"}},
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", offer + ",error=\"insufficient_scope\""}}}});
    EXPECT_EQ(talk(server, plain_options(), look),
              fmt::format("unauthenticated: looking for blob {} of {}/a/b: {} answered 401", kBlob.to_string(),
                          server.authority(), server.authority()));
    EXPECT_EQ(server.problems() + tokens.problems(), "");
}

TEST(RegistryAuth, UsesBasicWhereThatIsOffered) {
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .headers = {{"Authorization", ""}},
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", "Basic realm=\"r\""}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Basic dTpw"}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Basic dTpw"}}}});
    RegistryOptions options = plain_options();
    options.credentials = Credentials{.username = "u", .password = Secret("p")};
    EXPECT_EQ(talk(server, options,
                   [](RegistryClient& client) -> awaitable<void> {
                       co_await look(client);
                       co_await look(client);
                   }),
              "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryAuth, DoesNotInsistOnWrongPasswords) {
    ScriptedServer server(
        {Exchange{.target = "/v2/",
                  .forever = true,
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", "Basic realm=\"r\""}},
                  .body = R"({"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]})"}});
    RegistryOptions options = plain_options();
    options.credentials = Credentials{.username = "u", .password = Secret("wrong")};
    std::string said = talk(server, options, [](RegistryClient& client) -> awaitable<void> { co_await client.ping(); });
    EXPECT_EQ(said, fmt::format("unauthenticated: logging in to {}: {} answered 401: authentication required",
                                server.authority(), server.authority()));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(RegistryAuth, TradesAnIdentityTokenByPost) {
    ScriptedServer tokens({Exchange{.method = "POST",
                                    .target = "/token",
                                    .headers = {{"Authorization", ""}},
                                    .request_body = "grant_type=refresh_token&client_id=cang&service=s%20v&scope="
                                                    "repository%3Aa%2Fb%3Apull&refresh_token=id%2Ft",
                                    .body = R"({"access_token":"t1"})"}});
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", challenge(tokens)}}},
         Exchange{.method = "HEAD", .target = blob_path(), .headers = {{"Authorization", "Bearer t1"}}}});
    RegistryOptions options = plain_options();
    options.credentials.identity_token = Secret("id/t");
    EXPECT_EQ(talk(server, options, look), "");
    EXPECT_EQ(server.problems() + tokens.problems(), "");
}

TEST(RegistryAuth, NamesARefusalOfTheTokenServer) {
    ScriptedServer tokens({Exchange{.target = kTokenTarget, .status = 403, .body = "<html>"}});
    ScriptedServer server({Exchange{.method = "HEAD",
                                    .target = blob_path(),
                                    .status = 401,
                                    .response_headers = {{"WWW-Authenticate", challenge(tokens)}}}});
    EXPECT_EQ(
        talk(server, plain_options(), look),
        fmt::format("permission_denied: getting a token for {}: the token server answered 403", server.authority()));
}

TEST(RegistryAuth, RejectsHostileTokenServers) {
    for (const auto& [body, reason] : {std::pair<std::string, std::string>{"garbage", "not a JSON object"},
                                       {R"({"token":"a\u000d\u000aX: y"})", "no usable token"}}) {
        ScriptedServer tokens({Exchange{.target = kTokenTarget, .body = body}});
        ScriptedServer server({Exchange{.method = "HEAD",
                                        .target = blob_path(),
                                        .status = 401,
                                        .response_headers = {{"WWW-Authenticate", challenge(tokens)}}}});
        EXPECT_EQ(talk(server, plain_options(), look),
                  fmt::format("corrupt: getting a token for {}: the token server's answer is {}", server.authority(),
                              reason));
    }
    ScriptedServer server(
        {Exchange{.method = "HEAD",
                  .target = blob_path(),
                  .status = 401,
                  .response_headers = {{"WWW-Authenticate", "Bearer realm=\"file:///etc/passwd\""}}}});
    EXPECT_EQ(talk(server, plain_options(), look),
              fmt::format("permission_denied: {} sends its clients to a token server that is not reached by https",
                          server.authority()));
}

TEST(RegistryAuth, KeepsCredentialsFromOtherHosts) {
    ScriptedServer storage({Exchange{.target = "/x", .headers = {{"Authorization", ""}}, .body = "blob"}});
    ScriptedServer server({Exchange{.target = blob_path(),
                                    .headers = {{"Authorization", ""}},
                                    .status = 401,
                                    .response_headers = {{"WWW-Authenticate", "Basic realm=r"}}},
                           Exchange{.target = blob_path(),
                                    .headers = {{"Authorization", "Basic dTpw"}},
                                    .status = 307,
                                    .response_headers = {{"Location", storage.url("/x")}}}});
    RegistryOptions options = plain_options();
    options.credentials = Credentials{.username = "u", .password = Secret("p")};
    EXPECT_EQ(talk(server, options,
                   [](RegistryClient& client) -> awaitable<void> {
                       Blobs blobs(client, "a/b");
                       oci::Descriptor descriptor{.digest = kBlob, .size = 4};
                       io::ReaderPtr reader = co_await blobs.open(descriptor);
                       std::string text = co_await io::read_all(*reader, 100);
                       EXPECT_EQ(text, "blob");
                   }),
              "");
    EXPECT_EQ(server.problems() + storage.problems(), "");
}

TEST(RegistryClient, FallsBackToHttpOnlyWhenAsked) {
    ScriptedServer server({Exchange{.target = "/v2/"}, Exchange{.target = "/v2/"}});
    RegistryOptions options;
    std::string said = talk(server, options, [](RegistryClient& client) -> awaitable<void> { co_await client.ping(); });
    EXPECT_TRUE(said.starts_with(fmt::format("unsupported: the TLS handshake with {} failed", server.authority())))
        << said;
    options.tls.verify = false;
    EXPECT_EQ(talk(server, options, [](RegistryClient& client) -> awaitable<void> { co_await client.ping(); }), "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryClient, KnowsDockerHubsHost) {
    EXPECT_EQ(api_authority("docker.io"), "registry-1.docker.io");
    EXPECT_EQ(api_authority("quay.io"), "quay.io");
}

} // namespace
} // namespace cang::distribution
