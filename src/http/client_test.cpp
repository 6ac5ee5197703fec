#include "http/client.hpp"

#include "async/for_each_limit.hpp"
#include "async/sleep.hpp"
#include "base/error.hpp"
#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"
#include "testing/temp_dir.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cang::http {
namespace {

using testing::Exchange;
using testing::run_async;
using testing::ScriptedServer;

struct Answer {
    int status = 0;
    std::string body;
    std::string url;
    std::string error; // "kind: message" instead of a response
};

Answer failed(const Error& error) {
    Answer answer;
    answer.error = fmt::format("{}: {}", static_cast<int>(error.kind()), error.message());
    return answer;
}

std::string failure(ErrorKind kind, std::string_view message) {
    return fmt::format("{}: {}", static_cast<int>(kind), message);
}

// Sends one request with a client of its own and reads the whole body.
Answer fetch(ClientRequest request, ClientOptions options = {}) {
    try {
        return run_async<Answer>([&]() -> awaitable<Answer> {
            auto executor = co_await asio::this_coro::executor;
            Client client(executor, options);
            ClientResponse response = co_await client.send(request);
            Answer answer;
            answer.status = response.status;
            answer.url = response.effective_url;
            answer.body = co_await io::read_all(*response.body, 64 * MiB);
            co_return answer;
        });
    } catch (const Error& error) {
        return failed(error);
    }
}

ClientRequest get(std::string url) {
    ClientRequest request;
    request.url = std::move(url);
    return request;
}

std::string patterned(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

TEST(HttpClient, GetsABody) {
    ScriptedServer server({Exchange{.target = "/a?b=c", .headers = {{"X-Ask", "1"}}, .body = "hello"}});
    ClientRequest request = get(server.url("/a?b=c"));
    request.headers.add("X-Ask", "1");
    Answer answer = fetch(request);
    EXPECT_EQ(answer.error, "");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.url, server.url("/a?b=c"));
    EXPECT_EQ(server.problems(), "");
}

TEST(HttpClient, ReusesTheConnection) {
    ScriptedServer server({Exchange{.target = "/1", .body = "one"}, Exchange{.method = "HEAD", .target = "/2"},
                           Exchange{.target = "/3", .status = 404, .body = "none"}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        for (std::string target : {"/1", "/2", "/3"}) {
            ClientRequest request = get(server.url(target));
            request.method = target == "/2" ? Method::head : Method::get;
            ClientResponse response = co_await client.send(std::move(request));
            co_await io::drain(*response.body);
        }
    });
    EXPECT_EQ(server.problems(), "");
    for (const auto& request : server.requests())
        EXPECT_EQ(request.connection, 1U);
}

TEST(HttpClient, SendsBodiesOfKnownAndUnknownLength) {
    std::string bytes = patterned(3 * MiB + 17);
    ScriptedServer server({Exchange{.method = "PUT", .target = "/known", .request_body = bytes, .status = 201},
                           Exchange{.method = "PATCH",
                                    .target = "/chunked",
                                    .headers = {{"Transfer-Encoding", "chunked"}, {"Expect", ""}},
                                    .request_body = bytes,
                                    .status = 202},
                           Exchange{.method = "POST",
                                    .target = "/empty",
                                    .headers = {{"Content-Length", "0"}, {"Content-Type", ""}},
                                    .request_body = "",
                                    .status = 202}});
    auto body = io::memory_reader(bytes);
    ClientRequest request = get(server.url("/known"));
    request.method = Method::put;
    request.body = body.get();
    request.body_bytes = bytes.size();
    EXPECT_EQ(fetch(request).status, 201);

    auto again = io::memory_reader(bytes);
    request = get(server.url("/chunked"));
    request.method = Method::patch;
    request.body = again.get();
    EXPECT_EQ(fetch(request).status, 202);

    request = get(server.url("/empty"));
    request.method = Method::post;
    EXPECT_EQ(fetch(request).status, 202);
    EXPECT_EQ(server.problems(), "");
}

TEST(HttpClient, FailsWhenTheUploadEndsEarly) {
    ScriptedServer server({});
    auto body = io::memory_reader(std::string("abc"));
    ClientRequest request = get(server.url("/short"));
    request.method = Method::put;
    request.body = body.get();
    request.body_bytes = 10;
    EXPECT_EQ(
        fetch(request).error,
        failure(ErrorKind::corrupt, fmt::format("the body to send to {} ended 7 bytes early", server.authority())));
}

TEST(HttpClient, HoldsBackAFastServer) {
    std::string block = patterned(MiB);
    ScriptedServer server({Exchange{.target = "/big", .body = block, .body_repeat = 48}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        ClientResponse response = co_await client.send(get(server.url("/big")));
        std::vector<std::byte> piece(100'000);
        std::uint64_t total = 0;
        bool equal = true;
        while (true) {
            std::size_t count = co_await response.body->read(piece);
            if (count == 0)
                break;
            for (std::size_t i = 0; i < count; i += 997)
                equal = equal && static_cast<char>(piece[i]) == block[(total + i) % block.size()];
            total += count;
            if (total < 4 * MiB)
                co_await async::sleep_for(std::chrono::milliseconds(1)); // lets the server run ahead
        }
        EXPECT_EQ(total, 48 * MiB);
        EXPECT_TRUE(equal);
    });
}

TEST(HttpClient, FollowsRedirectsOfOneOriginWithCredentials) {
    ScriptedServer server(
        {Exchange{.target = "/a", .status = 307, .response_headers = {{"Location", "/b/../c?x=1"}}, .body = "moved"},
         Exchange{.target = "/c?x=1", .headers = {{"Authorization", "Basic abc"}}, .body = "here"}});
    ClientRequest request = get(server.url("/a"));
    request.headers.add("Authorization", "Basic abc");
    Answer answer = fetch(request);
    EXPECT_EQ(answer.body, "here");
    EXPECT_EQ(answer.url, server.url("/c?x=1"));
    EXPECT_EQ(server.problems(), "");
    EXPECT_EQ(server.requests().back().connection, 1U);
}

TEST(HttpClient, DropsCredentialsWhenARedirectChangesTheOrigin) {
    ScriptedServer storage({Exchange{.target = "/blob?sig=1",
                                     .headers = {{"Authorization", ""}, {"Cookie", ""}, {"Range", "bytes=5-"}},
                                     .status = 206,
                                     .body = "bytes"}});
    ScriptedServer server({Exchange{.target = "/a",
                                    .headers = {{"Authorization", "Bearer t"}},
                                    .status = 302,
                                    .response_headers = {{"Location", storage.url("/blob?sig=1")}}}});
    ClientRequest request = get(server.url("/a"));
    request.headers.add("Authorization", "Bearer t");
    request.headers.add("Cookie", "c=1");
    request.headers.add("Range", "bytes=5-");
    Answer answer = fetch(request);
    EXPECT_EQ(answer.body, "bytes");
    EXPECT_EQ(server.problems() + storage.problems(), "");
}

TEST(HttpClient, BoundsRedirects) {
    ScriptedServer server(
        {Exchange{.target = "/loop", .forever = true, .status = 302, .response_headers = {{"Location", "/loop"}}}});
    EXPECT_EQ(fetch(get(server.url("/loop"))).error,
              failure(ErrorKind::corrupt, fmt::format("{} redirects more than 5 times", server.authority())));
    EXPECT_EQ(server.requests().size(), 6U);
    ClientRequest request = get(server.url("/loop"));
    request.max_redirects = 0;
    EXPECT_EQ(fetch(request).status, 302);
}

TEST(HttpClient, RefusesRedirectsToOtherProtocols) {
    ScriptedServer server(
        {Exchange{.target = "/f", .status = 302, .response_headers = {{"Location", "file:///etc/passwd"}}}});
    EXPECT_EQ(fetch(get(server.url("/f"))).error,
              failure(ErrorKind::corrupt,
                      fmt::format("{} redirects to something that is no http or https URL", server.authority())));
}

TEST(HttpClient, ReturnsRedirectsOfUploads) {
    ScriptedServer server(
        {Exchange{.method = "POST", .target = "/p", .status = 307, .response_headers = {{"Location", "/q"}}}});
    ClientRequest request = get(server.url("/p"));
    request.method = Method::post;
    EXPECT_EQ(fetch(request).status, 307);
}

ClientOptions guarded(std::string_view allow = "", std::string_view deny = "") {
    ClientOptions options;
    options.policy =
        std::make_shared<AddressPolicy>(OutgoingList::parse(allow).value(), OutgoingList::parse(deny).value());
    return options;
}

constexpr auto kLoopback =
    "127.0.0.1 is a loopback address, which the server does not connect to; an administrator can "
    "allow it with --outgoing-allow 127.0.0.0/8";

TEST(HttpClient, RefusesLoopbackInEverySpelling) {
    ScriptedServer server({});
    for (const auto* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
                             "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"})
        EXPECT_EQ(fetch(get(fmt::format("http://{}:{}/", host, server.port())), guarded()).error,
                  failure(ErrorKind::permission_denied, kLoopback))
            << host;
    EXPECT_EQ(fetch(get(fmt::format("http://0:{}/", server.port())), guarded()).error,
              failure(ErrorKind::permission_denied,
                      "0.0.0.0 is an unspecified address, which the server does not connect to; an administrator can "
                      "allow it with --outgoing-allow 0.0.0.0/8"));
    EXPECT_EQ(server.requests().size(), 0U);
}

// Whatever a name stood for when somebody looked it up before: the address that is connected to is judged.
TEST(HttpClient, RefusesTheAddressThatANameStandsFor) {
    ScriptedServer server({Exchange{.target = "/", .forever = true, .body = "here"}});
    auto url = fmt::format("http://localhost:{}/", server.port());
    EXPECT_TRUE(fetch(get(url), guarded())
                    .error.starts_with(failure(ErrorKind::permission_denied,
                                               fmt::format("connecting to localhost:{}: ", server.port()))));
    EXPECT_EQ(server.requests().size(), 0U);
    EXPECT_EQ(fetch(get(url), guarded("127.0.0.0/8")).body, "here") << "also when ::1 is another address of it";
    EXPECT_EQ(fetch(get(url), guarded("localhost")).body, "here");
    EXPECT_EQ(fetch(get(url), guarded("127.0.0.0/8,::1", "localhost")).error,
              failure(ErrorKind::permission_denied,
                      "localhost is denied by --outgoing-deny localhost; the server does not connect to it"));
    auto options = guarded("127.0.0.0/8", "::1");
    EXPECT_EQ(fetch(get("http://localhost:1/"), options).error,
              failure(ErrorKind::unavailable, "cannot connect to localhost:1: Connection refused"))
        << "the address that may be tried counts";
}

TEST(HttpClient, LeavesANamedPeerOnlyWithinThePolicy) {
    ScriptedServer other({Exchange{.target = "/blob", .forever = true}});
    auto start = [&](std::string location) {
        ScriptedServer server(
            {Exchange{.target = "/", .status = 307, .response_headers = {{"Location", std::move(location)}}},
             Exchange{.target = "/here", .forever = true, .body = "moved"}});
        auto options = guarded();
        options.named_peer = server.authority();
        auto answer = fetch(get(server.url()), options);
        auto& text = answer.error;
        if (auto at = text.find(server.authority()); at != std::string::npos)
            text.replace(at, server.authority().size(), "HOST");
        return text.empty() ? answer.body : text;
    };
    EXPECT_EQ(start("/here"), "moved");
    EXPECT_EQ(start(other.url("/blob")),
              failure(ErrorKind::permission_denied, fmt::format("following a redirect of HOST: {}", kLoopback)));
    EXPECT_EQ(
        start("http://169.254.169.254/latest/meta-data/"),
        failure(ErrorKind::permission_denied,
                "following a redirect of HOST: 169.254.169.254 is a cloud metadata address, which the server does "
                "not connect to; an administrator can allow it with --outgoing-allow 169.254.169.254"));
    EXPECT_TRUE(start(fmt::format("http://localhost:{}/blob", other.port()))
                    .starts_with(failure(ErrorKind::permission_denied, "connecting to localhost:")));
    EXPECT_EQ(other.requests().size(), 0U);
}

// A proxy looks names up by itself; its own address is the administrator's choice.
TEST(HttpClient, JudgesOnlyTheHostOfARequestThroughAProxy) {
    ScriptedServer proxy({Exchange{.target = "http://no-such-host.invalid/", .body = "by proxy"}});
    auto options = guarded("", "*.denied.invalid");
    options.proxy = proxy.url();
    EXPECT_EQ(fetch(get("http://no-such-host.invalid/"), options).body, "by proxy");
    EXPECT_EQ(fetch(get("http://a.denied.invalid/"), options).error,
              failure(ErrorKind::permission_denied,
                      "a.denied.invalid is denied by --outgoing-deny *.denied.invalid; the server does not connect to "
                      "it"));
    EXPECT_EQ(fetch(get("http://0x7f000001/"), options).error, failure(ErrorKind::permission_denied, kLoopback));
    EXPECT_EQ(proxy.problems(), "");
}

TEST(HttpClient, TellsFailuresApart) {
    EXPECT_EQ(fetch(get("http://no-such-host.invalid/secret?token=1")).error,
              failure(ErrorKind::unavailable, "cannot find the address of no-such-host.invalid"));
    EXPECT_EQ(fetch(get("http://127.0.0.1:1/")).error,
              failure(ErrorKind::unavailable, "cannot connect to 127.0.0.1:1: Connection refused"));
    EXPECT_EQ(fetch(get("http://user:pass@127.0.0.1:1/")).error,
              failure(ErrorKind::invalid_argument, "a URL must not hold a user name or password"));
    EXPECT_EQ(fetch(get("ftp://127.0.0.1/")).error, failure(ErrorKind::invalid_argument, "not an http or https URL"));

    ScriptedServer server({Exchange{.target = "/none", .raw = "\r\n"},
                           Exchange{.target = "/garbage", .raw = "SSH-2.0-OpenSSH\r\n\r\n"},
                           Exchange{.target = "/short", .body = "12345678", .cut_response_after = 3}});
    EXPECT_EQ(
        fetch(get(server.url("/garbage"))).error,
        failure(ErrorKind::corrupt, fmt::format("{} sent something that is not an HTTP response", server.authority())));
    EXPECT_EQ(fetch(get(server.url("/short"))).error,
              failure(ErrorKind::unavailable,
                      fmt::format("{} closed the connection before the end of the body", server.authority())));
}

TEST(HttpClient, NamesAPlainServerBehindHttps) {
    ScriptedServer server({});
    std::string url = fmt::format("https://{}/", server.authority());
    ClientRequest request = get(url);
    request.tls.verify = false;
    auto send = [&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        co_await client.send(request);
    };
    try {
        run_async(send);
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "TLS_HANDSHAKE");
        EXPECT_FALSE(error.retryable());
        EXPECT_TRUE(error.message().starts_with(fmt::format("the TLS handshake with {} failed: ", server.authority())))
            << error.message();
    }
}

TEST(HttpClient, GoesThroughAProxy) {
    ScriptedServer proxy({Exchange{.target = "http://no-such-host.invalid/a?b", .forever = true, .body = "by proxy"}});
    ClientOptions options;
    options.proxy = proxy.url();
    EXPECT_EQ(fetch(get("http://no-such-host.invalid/a?b"), options).body, "by proxy");
    ::setenv("HTTP_PROXY", proxy.url().c_str(), 1);
    EXPECT_EQ(fetch(get("http://no-such-host.invalid/a?b")).body, "by proxy");
    ScriptedServer loopback({Exchange{.target = "/direct", .body = "direct"}});
    EXPECT_EQ(fetch(get(loopback.url("/direct"))).body, "direct");
    ::unsetenv("HTTP_PROXY");
}

std::string file_text(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// openssl's test server with a certificate that nobody signed.
class TlsPeer {
public:
    TlsPeer() {
        std::string certificate = (directory_ / "cert.pem").string();
        std::string key = (directory_ / "key.pem").string();
        run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days",
             "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"},
            true);
        port_ = 20'000 + ::getpid() % 20'000;
        pid_ = run({"openssl", "s_server", "-quiet", "-www", "-accept", std::to_string(port_), "-cert", certificate,
                    "-key", key},
                   false);
    }
    ~TlsPeer() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::string authority() const { return fmt::format("localhost:{}", port_); }
    std::string certificate() const { return (directory_ / "cert.pem").string(); }

    // Tries until the server listens, at most ten seconds.
    Answer fetch_when_up(const ClientRequest& request) const {
        auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        Answer answer = fetch(request);
        while (answer.error.find("Connection refused") != std::string::npos &&
               std::chrono::steady_clock::now() < deadline)
            answer = fetch(request);
        return answer;
    }

private:
    static pid_t run(std::vector<std::string> words, bool wait) {
        std::fflush(nullptr); // or the child would print it once more
        pid_t pid = ::fork();
        if (pid == 0) {
            std::vector<char*> arguments;
            for (std::string& word : words)
                arguments.push_back(word.data());
            arguments.push_back(nullptr);
            std::freopen("/dev/null", "w", stdout);
            std::freopen("/dev/null", "w", stderr);
            ::execvp(arguments[0], arguments.data());
            ::_exit(127);
        }
        if (wait)
            ::waitpid(pid, nullptr, 0);
        return pid;
    }

    cang::testing::TempDir directory_;
    int port_ = 0;
    pid_t pid_ = -1;
};

TEST(HttpClient, VerifiesCertificates) {
    if (::access("/usr/bin/openssl", X_OK) != 0)
        GTEST_SKIP() << "openssl is not installed";
    TlsPeer peer;
    ClientRequest request = get(fmt::format("https://{}/", peer.authority()));
    EXPECT_EQ(peer.fetch_when_up(request).error,
              failure(ErrorKind::permission_denied,
                      fmt::format("the TLS certificate of {} is not accepted: SSL certificate problem: self-signed "
                                  "certificate",
                                  peer.authority())));
    request.tls.ca_file = peer.certificate();
    EXPECT_EQ(fetch(request).status, 200);
    request.tls.ca_pem = file_text(request.tls.ca_file);
    request.tls.ca_file.clear();
    EXPECT_EQ(fetch(request).status, 200);
    request.tls.ca_pem.clear();
    request.tls.verify = false;
    EXPECT_EQ(fetch(request).status, 200);
    request.tls.ca_file = "/nonexistent.pem";
    request.tls.verify = true;
    EXPECT_TRUE(fetch(request).error.starts_with(
        failure(ErrorKind::invalid_argument, fmt::format("the TLS settings for {} do not work: ", peer.authority()))))
        << fetch(request).error;
}

TEST(HttpClient, TellsHowFarAConnectionCame) {
    if (::access("/usr/bin/openssl", X_OK) != 0)
        GTEST_SKIP() << "openssl is not installed";
    TlsPeer peer;
    ConnectionTrace trace;
    ClientRequest request = get(fmt::format("https://{}/", peer.authority()));
    request.trace = &trace;
    peer.fetch_when_up(request);
    EXPECT_GT(trace.connected, trace.resolved);
    EXPECT_EQ(trace.secured.count(), 0);
    EXPECT_EQ(trace.certificate_error, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    request.tls.verify = false;
    EXPECT_EQ(fetch(request).status, 200);
    EXPECT_GT(trace.secured, trace.connected);
    EXPECT_EQ(trace.address, "127.0.0.1");

    request.url = "http://127.0.0.1:1/";
    fetch(request);
    EXPECT_GT(trace.resolved.count(), 0);
    EXPECT_EQ(trace.connected.count(), 0);
    EXPECT_EQ(trace.os_error, ECONNREFUSED);
    request.url = "http://no-such-host.invalid/";
    fetch(request);
    EXPECT_EQ(trace.resolved.count(), 0);
}

TEST(HttpClient, TimesOutWhenNothingComes) {
    ScriptedServer server({Exchange{.target = "/", .silent = true}});
    ClientOptions options;
    options.stall_timeout = std::chrono::seconds(1);
    EXPECT_EQ(fetch(get(server.url("/")), options).error,
              failure(ErrorKind::deadline_exceeded,
                      fmt::format("the transfer with {} stood still for 1 s", server.authority())));
}

TEST(HttpClient, BoundsTheHeaderSection) {
    Exchange many{.target = "/many"};
    for (int i = 0; i < 300; ++i)
        many.response_headers.emplace_back(fmt::format("X-{}", i), "v");
    Exchange large{.target = "/large", .response_headers = {{"X-Large", std::string(70'000, 'a')}}};
    ScriptedServer server({many, large});
    std::string expected =
        failure(ErrorKind::corrupt, fmt::format("{} sent too many or too long header fields", server.authority()));
    EXPECT_EQ(fetch(get(server.url("/many"))).error, expected);
    EXPECT_EQ(fetch(get(server.url("/large"))).error, expected);
}

TEST(HttpClient, LeavesOutMalformedHeaderFields) {
    ScriptedServer server({Exchange{.target = "/", .response_headers = {{"Bad Name", "x"}, {"Good", "y"}}}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        ClientResponse response = co_await client.send(get(server.url("/")));
        EXPECT_FALSE(response.headers.has("Bad Name"));
        EXPECT_EQ(response.headers.get("good"), "y");
    });
}

TEST(HttpClient, TakesAnEarlyRefusalOfAnUpload) {
    ScriptedServer server(
        {Exchange{.method = "PUT", .target = "/", .raw = "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"}});
    auto body = io::memory_reader(patterned(64 * MiB));
    ClientRequest request = get(server.url("/"));
    request.method = Method::put;
    request.body = body.get();
    request.body_bytes = 64 * MiB;
    Answer answer = fetch(request);
    // The server read everything, so that the answer cannot be lost to a reset.
    EXPECT_EQ(answer.error, "");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.body, "no");
}

TEST(HttpClient, AbortsWhenTheCallerIsCancelled) {
    ScriptedServer server({Exchange{.target = "/", .silent = true}});
    asio::io_context context(1);
    asio::cancellation_signal signal;
    std::exception_ptr outcome;
    bool done = false;
    Client client(context.get_executor());
    auto call = [&]() -> awaitable<void> { co_await client.send(get(server.url("/"))); };
    asio::co_spawn(context, call, asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e) {
                       outcome = e;
                       done = true;
                   }));
    auto watch = [&]() -> awaitable<void> {
        while (server.requests().empty())
            co_await async::sleep_for(std::chrono::milliseconds(1));
        signal.emit(asio::cancellation_type::terminal);
    };
    asio::co_spawn(context, watch, [](std::exception_ptr) {});
    context.run_for(std::chrono::seconds(20));
    ASSERT_TRUE(done);
    try {
        std::rethrow_exception(outcome);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::cancelled);
    }
}

TEST(HttpClient, AbortsWhenTheBodyIsDropped) {
    ScriptedServer server({Exchange{.target = "/big", .body = patterned(MiB), .body_repeat = 4096},
                           Exchange{.target = "/next", .body = "ok"}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        {
            ClientResponse response = co_await client.send(get(server.url("/big")));
            std::vector<std::byte> piece(1000);
            std::size_t count = co_await response.body->read(piece);
            EXPECT_GT(count, 0U);
        }
        ClientResponse next = co_await client.send(get(server.url("/next")));
        std::string body = co_await io::read_all(*next.body, 100);
        EXPECT_EQ(body, "ok");
    });
    EXPECT_EQ(server.problems(), "");
}

TEST(HttpClient, OutlivesItsClientObject) {
    ScriptedServer server({Exchange{.target = "/", .body = patterned(3 * MiB)}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_unique<Client>(executor);
        ClientResponse response = co_await client->send(get(server.url("/")));
        client.reset();
        std::uint64_t count = co_await io::drain(*response.body);
        EXPECT_EQ(count, 3 * MiB);
    });
}

TEST(HttpClient, RunsManyTransfersAtOnce) {
    ScriptedServer server({Exchange{.target = "/x", .forever = true, .body = patterned(300'000), .body_repeat = 4}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        Client client(executor);
        std::uint64_t total = 0;
        std::function<awaitable<void>(std::size_t)> one = [&](std::size_t) -> awaitable<void> {
            ClientResponse response = co_await client.send(get(server.url("/x")));
            std::uint64_t count = co_await io::drain(*response.body);
            total += count;
        };
        co_await async::for_each_index(40, 20, one);
        EXPECT_EQ(total, 40U * 1'200'000U);
    });
    std::uint64_t connections = 0;
    for (const auto& request : server.requests())
        connections = std::max(connections, request.connection);
    EXPECT_LE(connections, 8U);
}

} // namespace
} // namespace cang::http
