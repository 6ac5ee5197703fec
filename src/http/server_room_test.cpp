#include "http/server_under_test.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <thread>

namespace cang::http {

namespace {

// Handlers are plain functions here, so that no coroutine outlives a lambda's captures.
awaitable<Response> echo(Request& request) {
    auto body = co_await io::read_all(*request.body, 8 * MiB);
    co_return text_response(200, std::move(body));
}

awaitable<Response> count(Request& request) {
    auto bytes = co_await io::drain(*request.body);
    co_return text_response(200, std::to_string(bytes));
}

awaitable<Response> ignore(Request&) { co_return text_response(200, "ignored"); }

awaitable<Response> fail(Request&) {
    throw Error(ErrorKind::conflict, "that went wrong");
    co_return Response{};
}

class CountingReader final : public io::Reader {
public:
    CountingReader(std::uint64_t bytes, bool breaks) : left_(bytes), breaks_(breaks) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0 && breaks_)
            throw Error(ErrorKind::unavailable, "the source broke");
        auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
        std::fill_n(buffer.begin(), size, std::byte('s'));
        left_ -= size;
        co_return size;
    }

private:
    std::uint64_t left_;
    bool breaks_;
};

awaitable<Response> stream(Request& request) {
    auto bytes = std::stoull(request.query_value("bytes").value_or("0"));
    bool breaks = request.query_value("breaks").has_value();
    Response response;
    StreamBody body;
    body.reader = std::make_unique<CountingReader>(bytes, breaks);
    if (request.query_value("length"))
        body.length = std::stoull(*request.query_value("length"));
    response.body = std::move(body);
    co_return response;
}

awaitable<Response> file(Request& request) {
    char name[] = "/tmp/cang-http-XXXXXX";
    int descriptor = ::mkstemp(name);
    ::unlink(name);
    auto size = std::stoull(request.query_value("size").value());
    std::string content(size, 'x');
    for (std::size_t i = 0; i < size; i += 1000)
        content[i] = static_cast<char>('a' + (i / 1000) % 26);
    std::size_t written = 0;
    while (written < size)
        written += static_cast<std::size_t>(::write(descriptor, content.data() + written, size - written));
    auto [outcome, range] = parse_range(request.header("Range"), size);
    Response response;
    response.status = outcome == RangeOutcome::partial ? 206 : 200;
    if (outcome == RangeOutcome::whole)
        range = {0, size};
    response.body = FileBody(descriptor, range.offset, range.length);
    co_return response;
}

awaitable<Response> stated(Request&) {
    Response response;
    response.stated_length = 12345;
    co_return response;
}

awaitable<Response> injected(Request& request) {
    Response response;
    response.headers.add(request.query_value("name").value(), "value");
    co_return response;
}

} // namespace

ServerUnderTest::ServerUnderTest(ServerOptions options, std::vector<Route> more, ServerHooks hooks)
    : server(std::move(options), fill(std::move(more)), with_access(std::move(hooks))) {
    server.start();
}

const Router& ServerUnderTest::fill(std::vector<Route> more) {
    router.add(routes());
    router.add(std::move(more));
    return router;
}

std::vector<Route> ServerUnderTest::routes() const {
    using enum Method;
    std::vector<Route> table;
    auto add = [&](Method method, std::string pattern, Handler handle, std::uint64_t limit = UINT64_MAX) {
        Route route{.method = method, .pattern = pattern, .name = fmt::format("{} {}", to_string(method), pattern)};
        route.handle = std::move(handle);
        route.body_limit = limit;
        table.push_back(std::move(route));
    };
    auto shared = text;
    Handler get_text = [shared](Request&) -> awaitable<Response> {
        Response response;
        response.body = shared;
        co_return response;
    };
    add(get, "/text", get_text);
    add(head, "/text", get_text);
    add(post, "/echo", echo);
    add(post, "/count", count);
    add(post, "/small", echo, 10);
    add(post, "/ignore", ignore);
    add(get, "/fail", fail);
    add(get, "/stream", stream);
    add(get, "/file", file);
    add(head, "/stated", stated);
    add(get, "/injected", injected);
    return table;
}

ServerHooks ServerUnderTest::with_access(ServerHooks hooks) {
    if (!hooks.on_access)
        hooks.on_access = [this](const AccessRecord& record) {
            std::lock_guard lock(mutex);
            seen.push_back(
                fmt::format("{} {} {} {}", record.target, record.status, record.request_bytes, record.response_bytes));
        };
    return hooks;
}

std::vector<std::string> ServerUnderTest::accesses() {
    std::lock_guard lock(mutex);
    return seen;
}

bool ServerUnderTest::wait_for_accesses(std::size_t count) {
    return eventually([&] { return accesses().size() >= count; });
}

bool eventually(const std::function<bool()>& condition) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace cang::http
