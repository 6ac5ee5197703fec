#include "transfer/registry_diagnosis.hpp"

#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"
#include "transfer/diagnosis_document.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

using testing::Exchange;
using testing::ScriptedServer;

constexpr std::chrono::milliseconds kShort{300};
const testing::HeaderList kBasic{{"WWW-Authenticate", "Basic realm=\"x\""}};

distribution::RegistryOptions plain() {
    distribution::RegistryOptions options;
    options.plain_http = true;
    return options;
}

distribution::RegistryOptions plain_as(std::string user, std::string password) {
    auto options = plain();
    options.credentials.username = std::move(user);
    options.credentials.password = Secret(std::move(password));
    return options;
}

Diagnosis diagnose(const std::string& url, distribution::RegistryOptions options) {
    testing::FakeClock clock;
    auto address = RegistryAddress::parse(url).value();
    DiagnosisLimits limits{.connect = std::chrono::seconds(5), .answer = kShort, .probe = kShort, .sign_in = kShort};
    options.plain_http_fallback = false;
    return testing::run_async<Diagnosis>(
        [&]() -> awaitable<Diagnosis> { return diagnose_registry(address, options, clock, limits); });
}

// "step message" of the last step, which failed.
std::string failure(const Diagnosis& diagnosis) {
    EXPECT_FALSE(diagnosis.ok);
    for (std::size_t i = 0; i + 1 < diagnosis.steps.size(); ++i)
        EXPECT_TRUE(diagnosis.steps[i].ok) << diagnosis.steps[i].message;
    EXPECT_FALSE(diagnosis.steps.back().ok);
    return diagnosis.steps.back().step + " " + diagnosis.steps.back().message;
}

std::string failure_of(Exchange exchange, distribution::RegistryOptions options = plain()) {
    exchange.target = "/v2/";
    exchange.forever = true;
    ScriptedServer server({exchange});
    auto said = failure(diagnose(server.url(""), std::move(options)));
    for (auto at = said.find(server.authority()); at != std::string::npos; at = said.find(server.authority()))
        said.replace(at, server.authority().size(), "HOST");
    return said;
}

TEST(RegistryDiagnosis, PassesAnOpenRegistry) {
    ScriptedServer server({Exchange{.target = "/v2/", .body = "{}"}});
    auto diagnosis = diagnose(server.url(""), plain());
    EXPECT_TRUE(diagnosis.ok);
    std::string said;
    for (const auto& step : diagnosis.steps) {
        said += fmt::format("{} {}\n", step.step, step.message);
        EXPECT_TRUE(step.ok);
        EXPECT_GE(step.duration.count(), 0);
        EXPECT_LT(step.duration, std::chrono::seconds(30));
    }
    EXPECT_EQ(said, fmt::format("address http://{}\ndns an address needs no look-up\nconnect connected to 127.0.0.1\n"
                                "registry a registry, open to everybody\nsign-in nobody needs to sign in\n",
                                server.authority()));
    EXPECT_EQ(server.problems(), "");
    EXPECT_EQ(server.requests().at(0).header("Authorization"), "") << "nobody asked for it";
}

TEST(RegistryDiagnosis, SignsIn) {
    ScriptedServer server({Exchange{.target = "/v2/",
                                    .headers = {{"Authorization", ""}},
                                    .forever = true,
                                    .status = 401,
                                    .response_headers = kBasic},
                           Exchange{.target = "/v2/", .headers = {{"Authorization", "Basic bWU6aHVudGVyMg=="}}}});
    auto diagnosis = diagnose(server.url(""), plain_as("me", "hunter2"));
    EXPECT_TRUE(diagnosis.ok);
    EXPECT_EQ(diagnosis.steps.back().message, "signed in as me");
    EXPECT_EQ(boost::json::serialize(document_of(diagnosis)).find("hunter2"), std::string::npos);
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryDiagnosis, NamesAWrongPassword) {
    EXPECT_EQ(failure_of(Exchange{.status = 401,
                                  .response_headers = kBasic,
                                  .body = R"({"errors":[{"code":"UNAUTHORIZED","message":"no such user"}]})"},
                         plain_as("me", "wrong")),
              "sign-in logging in to HOST: HOST answered 401: no such user; check user and password, and whether it "
              "wants an access token for one");
}

TEST(RegistryDiagnosis, NamesAMissingPassword) {
    EXPECT_EQ(failure_of(Exchange{.status = 401, .response_headers = kBasic}),
              "sign-in logging in to HOST: HOST answered 401; give a user and a password");
}

TEST(RegistryDiagnosis, NamesATokenServerThatIsNotThere) {
    EXPECT_EQ(failure_of(Exchange{.status = 401,
                                  .response_headers = {{"WWW-Authenticate",
                                                        "Bearer realm=\"http://auth.invalid/token\",service=\"x\""}}}),
              "sign-in cannot find the address of auth.invalid; check that this server reaches it");
}

TEST(RegistryDiagnosis, NamesATokenServerThatIsAskedTooOften) {
    ScriptedServer tokens(
        {Exchange{.target = "/token?service=x", .status = 429, .response_headers = {{"Retry-After", "7"}}}});
    auto challenge = fmt::format("Bearer realm=\"{}\",service=\"x\"", tokens.url("/token"));
    auto said = failure_of(Exchange{.status = 401, .response_headers = {{"WWW-Authenticate", challenge}}});
    EXPECT_EQ(said, "sign-in getting a token for HOST: the token server answered 429; try again in 7 s");
}

TEST(RegistryDiagnosis, NamesAHostThatHasNoAddress) {
    EXPECT_EQ(failure(diagnose("http://registry.invalid", plain())),
              "dns cannot find the address of registry.invalid; check how the name is written, and the DNS settings of "
              "this server");
}

TEST(RegistryDiagnosis, NamesAPortWhereNothingListens) {
    EXPECT_EQ(failure(diagnose("http://127.0.0.1:1", plain())),
              "connect cannot connect to 127.0.0.1:1: Connection refused; check the port, and that the registry runs");
}

TEST(RegistryDiagnosis, NamesAnAddressThatTheServerDoesNotConnectTo) {
    auto guarded = plain();
    guarded.http.policy = std::make_shared<http::AddressPolicy>(http::OutgoingList(), http::OutgoingList());
    EXPECT_EQ(failure(diagnose("http://169.254.169.254", guarded)),
              "address 169.254.169.254 is a cloud metadata address, which the server does not connect to; an "
              "administrator can allow it with --outgoing-allow 169.254.169.254");
    ScriptedServer tokens({});
    auto challenge = fmt::format("Bearer realm=\"{}\"", tokens.url("/token"));
    ScriptedServer server({Exchange{
        .target = "/v2/", .forever = true, .status = 401, .response_headers = {{"WWW-Authenticate", challenge}}}});
    guarded.http.named_peer = server.authority();
    EXPECT_EQ(
        failure(diagnose(server.url(""), guarded)),
        "sign-in 127.0.0.1 is a loopback address, which the server does not connect to; an administrator can allow "
        "it with --outgoing-allow 127.0.0.0/8");
    EXPECT_EQ(tokens.requests().size(), 0U);
}

TEST(RegistryDiagnosis, NamesPlainHttpBehindHttps) {
    ScriptedServer server({Exchange{.target = "/v2/", .forever = true, .body = "{}"}});
    EXPECT_EQ(failure(diagnose("https://" + server.authority(), {})),
              fmt::format("tls {} speaks plain HTTP, not TLS; write http://{}, or give it a certificate",
                          server.authority(), server.authority()));
    auto unverified = distribution::RegistryOptions{};
    unverified.tls.verify = false;
    unverified.credentials.username = "me";
    unverified.credentials.password = Secret("hunter2");
    EXPECT_TRUE(failure(diagnose("https://" + server.authority(), unverified)).starts_with("tls "));
    for (const auto& request : server.requests())
        EXPECT_EQ(request.header("Authorization"), "");
}

TEST(RegistryDiagnosis, NamesAPortThatDoesNotAnswerToTls) {
    asio::io_context loop;
    asio::ip::tcp::acceptor listening(loop, {asio::ip::make_address("127.0.0.1"), 0}); // connects, but nobody is there
    auto host = fmt::format("127.0.0.1:{}", listening.local_endpoint().port());
    EXPECT_EQ(failure(diagnose("https://" + host, {})),
              fmt::format("tls connected, but {} does not answer to TLS; check that the port is one for https", host));
}

TEST(RegistryDiagnosis, NamesWhatIsNoRegistry) {
    EXPECT_EQ(failure_of(Exchange{.response_headers = {{"Content-Type", "text/html"}}, .body = "<html>"}),
              "registry HOST is a web server, but no registry: its /v2/ answered with \"text/html\"; check host and "
              "port");
    EXPECT_EQ(failure_of(Exchange{.status = 404}),
              "registry HOST is a web server, but no registry: its /v2/ answered 404; check host and port");
    EXPECT_EQ(failure_of(Exchange{.status = 401}),
              "registry HOST wants a sign-in of another kind than registries do; check host and port");
    EXPECT_EQ(failure_of(Exchange{.status = 403}),
              "registry HOST refuses this server (403); check its rules of access, and proxies in between");
    EXPECT_EQ(failure_of(Exchange{.status = 503}),
              "registry HOST is not well: its /v2/ answered 503; look into its log");
    EXPECT_EQ(failure_of(Exchange{.status = 429}),
              "registry HOST has had too many requests from here (429); try again later");
}

TEST(RegistryDiagnosis, FollowsNobody) {
    EXPECT_EQ(failure_of(Exchange{.status = 301, .response_headers = {{"Location", "https://me:x@other.example/v2/"}}}),
              "registry HOST redirects to \"https://other.example\"; write the address of the registry itself");
    EXPECT_EQ(failure_of(Exchange{.status = 307, .response_headers = {{"Location", "/v2/"}}}),
              "registry HOST redirects to \"http://HOST\"; write the address of the registry itself");
    EXPECT_EQ(failure_of(Exchange{.status = 307, .response_headers = {{"Location", "file:///etc/passwd"}}}),
              "registry HOST redirects, but says to nowhere; check host and port");
}

TEST(RegistryDiagnosis, EndsWhateverTheServerDoes) {
    EXPECT_EQ(failure_of(Exchange{.silent = true}),
              "registry connected, but /v2/ gives no answer; check the port, and that the registry is well");
    EXPECT_EQ(failure_of(Exchange{.raw = "SSH-2.0-OpenSSH\r\n\r\n"}),
              "registry HOST sent something that is not an HTTP response; check the port, and that the registry is "
              "well");
    EXPECT_EQ(failure_of(Exchange{.response_headers = {{"Content-Length", "1000000"}, {"Content-Type", "x/y"}},
                                  .body = "begun, never ended",
                                  .cut_response_after = 5}),
              "registry HOST closed the connection before the end of the body; check the port, and that the registry "
              "is well");
    EXPECT_EQ(failure_of(Exchange{.response_headers = {{"Content-Type", "\x1b[2J"}},
                                  .body = std::string(1'000'000, 'x'),
                                  .body_repeat = 1'000'000}),
              "registry HOST is a web server, but no registry: its /v2/ answered with \"\\x1b[2J\"; check host and "
              "port");
}

TEST(RegistryDiagnosis, EndsWhenTheSignInDoesNot) {
    ScriptedServer tokens({Exchange{.target = "/token?service=x", .silent = true}});
    auto challenge = fmt::format("Bearer realm=\"{}\",service=\"x\"", tokens.url("/token"));
    EXPECT_EQ(failure_of(Exchange{.status = 401, .response_headers = {{"WWW-Authenticate", challenge}}}),
              "sign-in the sign-in gets no answer in time; try again later");
}

TEST(RegistryDiagnosis, TellsOfABadAddress) {
    testing::FakeClock clock;
    auto said = boost::json::serialize(document_of(bad_address(RegistryAddress::parse("ftp://x").error(), clock)));
    EXPECT_EQ(said, R"({"ok":false,"at":"2027-01-15T08:00:00.000Z","steps":[{"step":"address","ok":false,)"
                    R"("message":"a registry is reached by http or https","milliseconds":0}]})");
}

} // namespace
} // namespace cang::transfer
