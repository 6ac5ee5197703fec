#include "http/client.hpp"

#include "base/error.hpp"
#include "http/client_engine.hpp"
#include "http/client_error.hpp"

#include <array>
#include <fmt/format.h>

namespace cang::http {

namespace {

class ResponseBody final : public io::Reader {
public:
    explicit ResponseBody(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}

    awaitable<std::size_t> read(MutableBytes buffer) override { return transfer_->read(buffer); }

private:
    std::shared_ptr<Transfer> transfer_;
};

bool is_redirect(const ClientRequest& request, int status, const Fields& headers) {
    bool redirects = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    bool repeatable = request.method == Method::get || request.method == Method::head;
    return redirects && repeatable && request.max_redirects > 0 && request.body == nullptr && headers.has("Location");
}

// A short body is read to its end, which keeps the connection for the next request.
awaitable<void> forget_short_body(std::shared_ptr<Transfer> transfer) {
    constexpr std::size_t kShort = 16 * 1024;
    std::array<std::byte, 4096> scratch;
    std::size_t total = 0;
    while (total < kShort) {
        std::size_t count = co_await transfer->read(scratch);
        if (count == 0)
            break;
        total += count;
    }
}

// What the URL alone tells; the addresses of a name are judged when they are connected to.
void require_allowed(const ClientOptions& options, const Url& url) {
    if (!options.policy)
        return;
    auto refusal = options.policy->find_refusal(target_of(options, url));
    if (refusal)
        throw refused_error(*refusal);
}

Url redirect_target(const Url& from, const Fields& headers, ClientRequest& request) {
    Url to = from.resolve(std::string(headers.get("Location")));
    if (from.is_https() && !to.is_https())
        throw Error(ErrorKind::permission_denied,
                    fmt::format("{} redirects from https to http, which is refused", from.authority()));
    if (!from.same_origin(to)) {
        request.headers.erase("Authorization");
        request.headers.erase("Cookie");
        request.unix_socket.clear();
        request.tls.client_cert.clear();
        request.tls.client_key.clear();
    }
    return to;
}

} // namespace

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : engine_(std::make_shared<Engine>(std::move(executor), std::move(options))) {}

Client::~Client() = default;

awaitable<ClientResponse> Client::send(ClientRequest request) {
    std::shared_ptr<Engine> engine = engine_;
    Url url = Url::parse(request.url);
    require_allowed(engine->options(), url);
    for (int redirects = 0;; ++redirects) {
        auto transfer = std::make_shared<Transfer>(engine, request, url);
        co_await transfer->send_and_receive_headers();
        ClientResponse response;
        response.status = transfer->status();
        response.headers = transfer->take_headers();
        if (!is_redirect(request, response.status, response.headers)) {
            response.effective_url = url.text();
            response.body = std::make_unique<ResponseBody>(std::move(transfer));
            co_return response;
        }
        if (redirects == request.max_redirects)
            throw Error(ErrorKind::corrupt, fmt::format("{} redirects more than {} times", url.authority(), redirects));
        co_await forget_short_body(transfer);
        Url next = redirect_target(url, response.headers, request);
        try {
            require_allowed(engine->options(), next);
        } catch (Error& error) {
            error.during(fmt::format("following a redirect of {}", url.authority()));
            throw;
        }
        url = std::move(next);
    }
}

} // namespace cang::http
