#include "http/connection.hpp"

#include "base/error.hpp"
#include "base/error_kind.hpp"
#include "base/log.hpp"
#include "http/forwarded.hpp"
#include "http/request_target.hpp"

#include <boost/asio/post.hpp>

namespace cang::http {

namespace {

constexpr std::chrono::seconds kLingerTimeout{2};
constexpr std::size_t kMaxLingerBytes = 4 * MiB;
// Pipelined requests answered before the loop's other connections have their turn.
constexpr int kRequestsPerTurn = 32;

Response default_unmatched(const RouteMatch& match) {
    auto response =
        text_response(match.path_known ? 405 : 404, match.path_known ? "method not allowed\n" : "not found\n");
    std::string allowed;
    for (auto method : match.allowed)
        allowed.append(allowed.empty() ? "" : ", ").append(to_string(method));
    if (match.path_known)
        response.headers.set("Allow", std::move(allowed));
    return response;
}

// Why a request was refused before its head could be parsed.
std::string_view fault_reason(int status) {
    switch (status) {
    case 408: return "the request did not arrive in time";
    case 431: return "the request's header section is too large";
    default: return "the request is malformed";
    }
}

bool asks_to_close(const Response& response) { return response.headers.get("Connection") == "close"; }

} // namespace

Connection::Connection(ServerShared& shared, LoopState& loop, std::unique_ptr<Transport> transport, Peer peer)
    : shared_(shared), loop_(loop), channel_(std::move(transport), shared.options.body_stall_timeout),
      buffer_(loop.blocks()), peer_(std::move(peer)),
      peer_trusted_(shared.options.trusted_proxies.contains(std::string_view(peer_.address))), stream_(channel_) {}

void Connection::drain() noexcept {
    if (idle_ || upgraded_)
        channel_.shut();
}

void Connection::cut() noexcept {
    channel_.shut();
    cancellation_.emit(asio::cancellation_type::terminal);
}

awaitable<bool> Connection::run() {
    if (!upgraded_)
        co_await converse();
    if (upgraded_) {
        bool open = co_await serve_upgraded();
        if (open)
            co_return true;
        upgraded_.reset();
        unread_input_ = true;
    }
    co_await linger();
    co_return false;
}

void Connection::when_roused(std::function<void()> roused) {
    cancellation_.slot().clear(); // the last run's
    channel_.when_ready(rouse_on_, std::move(roused));
}

awaitable<void> Connection::converse() {
    int turn = 0;
    for (bool open = true; open && !loop_.draining();) {
        if (!buffer_.empty()) {
            if (++turn % kRequestsPerTurn == 0)
                co_await asio::post(channel_.transport().socket().get_executor(), asio::use_awaitable);
        } else {
            buffer_.clear();
            idle_ = true;
            if (!channel_.transport().has_pending())
                co_await channel_.wait(Readiness::readable, coarse_now() + shared_.options.idle_timeout);
            if (channel_.timed_out())
                co_return;
        }
        searched_ = 0;
        open = co_await exchange();
    }
}

// Whatever has arrived for the protocol that took over; true when it waits for more.
awaitable<bool> Connection::serve_upgraded() {
    for (;;) {
        if (buffer_.empty())
            receive_now(rouse_on_);
        if (buffer_.empty())
            break;
        bool open = co_await upgraded_->on_bytes(buffer_.unread());
        if (!open)
            co_return false;
        buffer_.consume(buffer_.unread().size());
    }
    buffer_.clear();
    co_return !peer_closed_;
}

// One attempt to read without waiting; true when something changed.
bool Connection::receive_now(Readiness& wait) {
    auto progress = channel_.transport().read(buffer_.prepare(), {});
    wait = progress.wait;
    if (progress.bytes > 0) {
        buffer_.commit(progress.bytes);
        idle_ = false;
    }
    peer_closed_ = progress.closed;
    return progress.bytes > 0 || progress.closed;
}

Connection::HeadSearch Connection::search_head() {
    while (buffer_.unread().starts_with("\r\n")) // RFC 9112 §2.2: empty lines before a request are ignored
        buffer_.consume(2);
    if (starts_like_no_request(buffer_.unread()))
        return {.fault = 400};
    if (auto size = find_head_end(buffer_.unread(), searched_))
        return *size <= shared_.options.max_header_bytes ? HeadSearch{.size = *size} : HeadSearch{.fault = 431};
    if (buffer_.unread().size() >= shared_.options.max_header_bytes)
        return {.fault = 431};
    return {.closed = peer_closed_};
}

awaitable<Connection::HeadSearch> Connection::receive_head() {
    auto idle_deadline = coarse_now() + shared_.options.idle_timeout;
    auto head_deadline = SteadyTime::max();
    for (;;) {
        Readiness wait = Readiness::readable;
        bool changed = receive_now(wait);
        if (channel_.timed_out()) {
            HeadSearch late{.fault = buffer_.empty() ? 0 : 408, .closed = true};
            co_return late;
        }
        auto search = search_head();
        if (search.size > 0 || search.fault > 0 || search.closed)
            co_return search;
        if (!buffer_.empty() && head_deadline == SteadyTime::max())
            head_deadline = coarse_now() + shared_.options.header_timeout;
        if (!changed)
            co_await channel_.wait(wait, std::min(idle_deadline, head_deadline));
    }
}

awaitable<bool> Connection::exchange() {
    HeadSearch search;
    if (!buffer_.empty())
        search = search_head();
    if (search.size == 0 && search.fault == 0) {
        Readiness wait = Readiness::readable;
        if (receive_now(wait))
            search = search_head();
    }
    if (search.size == 0 && search.fault == 0 && !search.closed)
        search = co_await receive_head();
    if (search.fault > 0) {
        HeadFault fault{search.fault, fault_reason(search.fault)};
        bool open = co_await refuse(fault);
        co_return open;
    }
    if (search.closed)
        co_return false;
    idle_ = false;
    auto head = parse_request_head(buffer_.unread().substr(0, search.size));
    if (!head) {
        bool open = co_await refuse(head.error());
        co_return open;
    }
    buffer_.consume(search.size);
    bool open = co_await serve(std::move(*head));
    co_return open;
}

void Connection::describe(Request& request, const RequestHead& head) {
    request.method = head.method;
    request.target = head.target;
    request.headers = &head.headers;
    request.content_length = head.content_length;
    request.host = head.headers.get("Host");
    request.remote_address = peer_.address;
    request.request_id = loop_.next_request_id();
    request.scheme = channel_.transport().secure() ? "https" : "http";
    if (!peer_trusted_)
        return;
    if (auto scheme = head.headers.get("X-Forwarded-Proto"); scheme == "http" || scheme == "https")
        request.scheme = scheme;
    if (auto fields = head.headers.get_all("X-Forwarded-For"); !fields.empty())
        request.remote_address = forwarded_client(peer_.address, fields, shared_.options.trusted_proxies);
}

awaitable<Response> Connection::respond(Request& request, RouteMatch& match, BodyReader& body) {
    std::optional<Response> response;
    try {
        auto target = split_target(request.target);
        if (!target)
            throw Error(ErrorKind::invalid_argument, target.error().reason);
        request.path = target->path;
        request.query = target->query;
        match = shared_.router.match(request);
        if (match.route) {
            if (shared_.hooks.authorize)
                response = co_await shared_.hooks.authorize(request, *match.route);
            if (!response) {
                if (match.route->body_limit != UINT64_MAX)
                    body.set_deadline(coarse_now() + shared_.options.body_timeout);
                body.set_limit(std::min(match.route->body_limit, shared_.options.max_body_bytes));
                response = co_await match.route->handle(request);
            }
        } else {
            response =
                shared_.hooks.on_unmatched ? shared_.hooks.on_unmatched(request, match) : default_unmatched(match);
        }
    } catch (...) {
        response = error_response(request, body);
    }
    co_return std::move(*response);
}

// Called inside a catch block.
Response Connection::error_response(const Request& request, const BodyReader& body) const {
    std::optional<Response> response;
    if (shared_.hooks.on_error) {
        response = shared_.hooks.on_error(request);
    } else {
        auto error = current_error();
        response = text_response(error_kind_row(error.kind()).http_status, error.message() + "\n");
    }
    if (body.limit_exceeded())
        response->status = 413;
    else if (channel_.timed_out())
        response->status = 408;
    return std::move(*response);
}

ResponseFraming Connection::base_framing() {
    return {.keep_alive = false,
            .date = loop_.date(),
            .server = shared_.options.server_header,
            .common = shared_.options.common_headers,
            .default_policy = shared_.options.default_policy};
}

ResponseFraming Connection::framing(const RequestHead& head, const Response& response, const BodyReader& body) {
    bool keep = head.keep_alive && !loop_.draining() && body.drainable() && !asks_to_close(response);
    // To a client of HTTP/1.0 the end of the connection is the end of a body of unknown length.
    if (!head.http_1_1 && !body_length(response.body))
        keep = false;
    auto frame = base_framing();
    frame.method = head.method;
    frame.http_1_1 = head.http_1_1;
    frame.keep_alive = keep;
    return frame;
}

awaitable<bool> Connection::serve(RequestHead head) {
    auto started = std::chrono::steady_clock::now();
    Request request;
    describe(request, head);
    BodyReader body(channel_, buffer_, head);
    request.body = &body;
    request.channel = &channel_;
    RouteMatch match;
    auto response = co_await respond(request, match, body);
    auto frame = framing(head, response, body);
    ResponseWriter writer(channel_, loop_);
    std::function<Response()> on_failure = [&] { return error_response(request, body); };
    bool sent = co_await send(response, frame, writer, std::move(on_failure));
    AccessRecord record{
        .status = response.status, .request_bytes = body.bytes(), .response_bytes = writer.body_bytes()};
    if (match.route)
        record.route = match.route->name;
    record.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
    report(head, request, record);
    if (sent && response.takeover && response.status == 101 && body.finished()) {
        if (!loop_.draining())
            upgraded_ = response.takeover(stream_);
        co_return false;
    }
    bool keep = sent && frame.keep_alive;
    if (keep && !body.finished())
        keep = co_await body.drain();
    unread_input_ = sent && !body.finished();
    co_return keep;
}

void Connection::report(const RequestHead& head, const Request& request, AccessRecord record) const {
    if (!shared_.hooks.on_access)
        return;
    record.method = head.method;
    record.target = head.target;
    record.remote_address = request.remote_address;
    record.user = request.principal.name;
    record.user_agent = head.headers.get("User-Agent");
    record.request_id = request.request_id;
    shared_.hooks.on_access(record);
}

// A response that fails before its first byte is sent gives way to the one of `on_failure`, called inside a catch
// block; after that the connection can only be cut.
awaitable<bool> Connection::send(Response& response, const ResponseFraming& framing, ResponseWriter& writer,
                                 std::function<Response()> on_failure) {
    for (bool first = true;; first = false) {
        try {
            bool done = writer.begin(response, framing);
            if (!done)
                co_await writer.finish(response);
            co_return true;
        } catch (...) {
            auto error = current_error();
            log::debug("http.response_cut", {{"reason", error.message()}});
            if (!first || writer.head_sent() || error.kind() == ErrorKind::cancelled)
                co_return false;
            response = on_failure();
        }
    }
}

awaitable<bool> Connection::refuse(HeadFault fault) {
    auto response = text_response(fault.status, std::string(fault.reason) + "\n");
    auto frame = base_framing();
    ResponseWriter writer(channel_, loop_);
    std::function<Response()> on_failure = [] { return text_response(500, ""); };
    unread_input_ = co_await send(response, frame, writer, std::move(on_failure));
    RequestHead nothing;
    Request unknown;
    unknown.remote_address = peer_.address;
    report(nothing, unknown, AccessRecord{.status = fault.status, .response_bytes = writer.body_bytes()});
    co_return false;
}

// Closing a socket with unread input resets the connection, and the reset overtakes the response: read on for a while.
awaitable<void> Connection::linger() {
    channel_.transport().finish();
    if (!unread_input_ || peer_closed_ || channel_.timed_out())
        co_return;
    auto deadline = coarse_now() + kLingerTimeout;
    std::size_t total = 0;
    while (total < kMaxLingerBytes && !channel_.timed_out()) {
        buffer_.consume(buffer_.unread().size());
        auto progress = channel_.transport().read(buffer_.prepare(), {});
        if (progress.closed)
            break;
        total += progress.bytes;
        if (progress.bytes == 0)
            co_await channel_.wait(progress.wait, deadline);
    }
}

} // namespace cang::http
