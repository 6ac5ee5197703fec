#include "transfer/registry_diagnosis.hpp"

#include "async/deadline.hpp"
#include "transfer/diagnosis_text.hpp"

#include <fmt/format.h>

namespace cang::transfer {

namespace {

using namespace std::chrono_literals;
using Microseconds = std::chrono::microseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

// Registries answer /v2/ with two bytes or a short refusal.
constexpr std::size_t kMaxAnswerBytes = 64 * KiB;

std::chrono::milliseconds rounded(Microseconds time) { return std::chrono::ceil<std::chrono::milliseconds>(time); }

http::ClientOptions impatient(http::ClientOptions options, std::chrono::milliseconds connect) {
    options.user_agent = "cang/" CANG_VERSION;
    options.connect_timeout = connect;
    return options;
}

// As much of the body as an answer of a registry has; the rest is not heard.
awaitable<std::string> read_beginning(io::Reader& body) {
    std::string text(kMaxAnswerBytes, '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
        auto space = std::as_writable_bytes(std::span(text)).subspan(filled);
        std::size_t count = co_await body.read(space);
        if (count == 0)
            break;
        filled += count;
    }
    text.resize(filled);
    co_return text;
}

// One attempt to ask /v2/: what came, or why nothing did.
struct Attempt {
    http::ConnectionTrace trace;
    std::optional<RegistryAnswer> answer;
    std::optional<Error> failure;
    Microseconds duration{0};
};

class Examination {
public:
    Examination(RegistryAddress address, distribution::RegistryOptions options, DiagnosisLimits limits, Timestamp at)
        : address_(std::move(address)), options_(std::move(options)), limits_(limits) {
        result_.at = at;
    }

    awaitable<void> run() {
        auto attempt = co_await ask(address_.plain_http, limits_.answer);
        bool asked = judge_address(attempt);
        if (!asked)
            co_return;
        bool reached = co_await judge_connection(attempt);
        if (!reached)
            co_return;
        bool registry = co_await judge_answer(attempt);
        if (registry)
            co_await sign_in(attempt.answer->status);
    }
    Diagnosis take() {
        result_.ok = result_.steps.back().ok;
        return std::move(result_);
    }

private:
    void pass(std::string step, std::string message, Microseconds duration) {
        result_.steps.push_back({std::move(step), true, std::move(message), rounded(duration)});
    }
    void fail(std::string step, std::string message, Microseconds duration) {
        result_.steps.push_back({std::move(step), false, std::move(message), rounded(duration)});
    }

    awaitable<Attempt> ask(bool plain_http, std::chrono::milliseconds limit);
    awaitable<void> exchange(bool plain_http, std::chrono::milliseconds limit, Attempt& attempt);
    bool judge_address(const Attempt& attempt);
    awaitable<bool> judge_connection(const Attempt& attempt);
    awaitable<bool> judge_answer(const Attempt& attempt);
    awaitable<void> fail_tls(const Attempt& attempt);
    awaitable<void> sign_in(int status);

    RegistryAddress address_;
    distribution::RegistryOptions options_;
    DiagnosisLimits limits_;
    Diagnosis result_;
};

awaitable<void> Examination::exchange(bool plain_http, std::chrono::milliseconds limit, Attempt& attempt) {
    auto executor = co_await asio::this_coro::executor;
    http::Client client(executor, impatient(options_.http, std::min(limit, limits_.connect)));
    http::ClientRequest request;
    request.url = fmt::format("{}://{}/v2/", plain_http ? "http" : "https", distribution::api_authority(address_.host));
    request.tls = options_.tls;
    // The scheme that is not the registry's is only asked whether it is spoken.
    request.tls.verify = options_.tls.verify && plain_http == address_.plain_http;
    request.max_redirects = 0;
    request.trace = &attempt.trace;
    http::ClientResponse response = co_await client.send(std::move(request));
    RegistryAnswer answer{.status = response.status, .headers = std::move(response.headers), .body = {}};
    answer.body = co_await read_beginning(*response.body);
    attempt.answer = std::move(answer);
}

awaitable<Attempt> Examination::ask(bool plain_http, std::chrono::milliseconds limit) {
    Attempt attempt;
    auto begin = std::chrono::steady_clock::now();
    std::exception_ptr failure;
    auto task = [&]() -> awaitable<void> { co_await exchange(plain_http, limit, attempt); };
    try {
        co_await async::with_deadline(limit, task);
    } catch (...) {
        failure = std::current_exception();
    }
    attempt.duration = std::chrono::ceil<Microseconds>(std::chrono::steady_clock::now() - begin);
    attempt.failure = error_of(failure);
    co_return attempt;
}

// False when the address as it is written is one that this server does not connect to.
bool Examination::judge_address(const Attempt& attempt) {
    bool refused = attempt.failure && attempt.failure->code() == http::kAddressRefused;
    if (refused && attempt.trace.resolved == 0us)
        fail("address", attempt.failure->message(), 0us);
    else
        pass("address", address_.url(), 0us);
    return result_.steps.back().ok;
}

// The steps before the registry's own answer. False when one failed.
awaitable<bool> Examination::judge_connection(const Attempt& attempt) {
    const auto& trace = attempt.trace;
    if (trace.resolved == 0us) {
        fail("dns", name_problem(*attempt.failure), attempt.duration);
        co_return false;
    }
    pass("dns", name_finding(address_.host, trace.address), trace.resolved);
    if (trace.connected == 0us) {
        fail("connect", connect_problem(*attempt.failure, trace.os_error), attempt.duration - trace.resolved);
        co_return false;
    }
    pass("connect", "connected to " + trace.address, trace.connected - trace.resolved);
    if (address_.plain_http)
        co_return true;
    if (trace.secured == 0us) {
        co_await fail_tls(attempt);
        co_return false;
    }
    pass("tls", tls_finding(options_.tls.verify), trace.secured - trace.connected);
    co_return true;
}

awaitable<void> Examination::fail_tls(const Attempt& attempt) {
    bool plain = false;
    if (attempt.failure->code() != "TLS_CERTIFICATE") {
        auto probe = co_await ask(true, limits_.probe);
        plain = probe.answer.has_value();
    }
    auto message = plain ? speaks_plain_http(address_.host)
                         : tls_problem(*attempt.failure, address_.host, attempt.trace.certificate_error);
    fail("tls", std::move(message), attempt.duration - attempt.trace.connected);
}

awaitable<bool> Examination::judge_answer(const Attempt& attempt) {
    auto duration = attempt.duration - std::max(attempt.trace.connected, attempt.trace.secured);
    auto problem = attempt.answer ? registry_problem(*attempt.answer, address_) : silence_problem(*attempt.failure);
    if (problem.empty()) {
        pass("registry", registry_finding(*attempt.answer), duration);
        co_return true;
    }
    bool wrong_scheme = false;
    if (address_.plain_http && (!attempt.answer || attempt.answer->status == 400)) {
        auto probe = co_await ask(false, limits_.probe);
        wrong_scheme = probe.trace.secured != 0us;
    }
    fail("registry", wrong_scheme ? speaks_tls(address_.host) : std::move(problem), duration);
    co_return false;
}

awaitable<void> Examination::sign_in(int status) {
    bool anonymous = options_.credentials.anonymous();
    if (status == 200) {
        pass("sign-in", anonymous ? "nobody needs to sign in" : "nobody needs to sign in; the password was not tried",
             0us);
        co_return;
    }
    auto begin = std::chrono::steady_clock::now();
    std::exception_ptr failure;
    auto task = [&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto options = options_;
        options.http = impatient(std::move(options.http), limits_.sign_in);
        distribution::RegistryClient client(executor, address_.host, std::move(options));
        co_await client.ping();
    };
    try {
        co_await async::with_deadline(limits_.sign_in, task);
    } catch (...) {
        failure = std::current_exception();
    }
    auto duration = std::chrono::ceil<Microseconds>(std::chrono::steady_clock::now() - begin);
    if (auto error = error_of(failure))
        fail("sign-in", sign_in_problem(*error, anonymous), duration);
    else
        pass("sign-in", anonymous ? "nobody needs a password" : "signed in as " + options_.credentials.username,
             duration);
}

} // namespace

awaitable<Diagnosis> diagnose_registry(RegistryAddress address, distribution::RegistryOptions options,
                                       const Clock& clock, DiagnosisLimits limits) {
    Examination examination(std::move(address), std::move(options), limits, clock.now());
    co_await examination.run();
    co_return examination.take();
}

Diagnosis bad_address(const ParseError& error, const Clock& clock) {
    return {.ok = false, .at = clock.now(), .steps = {{"address", false, error.reason, 0ms}}};
}

} // namespace cang::transfer
