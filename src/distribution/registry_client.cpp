#include "distribution/registry_client.hpp"

#include "base/log.hpp"
#include "distribution/response_error.hpp"
#include "http/client_url.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

// Warnings are for people; a registry that varies them must not fill the memory or the log.
constexpr std::size_t kWarnings = 64;
constexpr std::size_t kWarningBytes = 512;
// Registries answer /v2/ with two bytes or a short refusal; of a longer answer the rest is not heard.
constexpr std::uint64_t kProbeBytes = 64 * 1024;

http::ClientOptions with_defaults(http::ClientOptions options) {
    if (options.user_agent.empty())
        options.user_agent = "cang/" CANG_VERSION;
    // Downloads wait for uploads of the same copy; connections must not be what they wait for.
    options.connections_per_host = std::max<std::size_t>(options.connections_per_host, 32);
    return options;
}

RegistryOptions with_clock(RegistryOptions options) {
    if (!options.clock)
        options.clock = std::make_shared<SystemClock>();
    return options;
}

Scopes repository_scope(const std::string& repository, std::string_view actions) {
    return {fmt::format("repository:{}:{}", repository, actions)};
}

} // namespace

Scopes pull_scope(const std::string& repository) { return repository_scope(repository, "pull"); }
Scopes push_scope(const std::string& repository) { return repository_scope(repository, "pull,push"); }
Scopes delete_scope(const std::string& repository) { return repository_scope(repository, "pull,delete"); }

std::string api_authority(const std::string& registry) {
    bool hub = registry == "docker.io" || registry == "index.docker.io";
    return hub ? "registry-1.docker.io" : registry;
}

RegistryClient::RegistryClient(asio::any_io_executor executor, std::string registry, RegistryOptions options)
    : registry_(std::move(registry)), authority_(api_authority(registry_)), options_(with_clock(std::move(options))),
      secure_(!options_.plain_http),
      scheme_known_(options_.plain_http || options_.tls.verify || !options_.plain_http_fallback),
      client_(executor, with_defaults(options_.http)),
      authorizer_(client_, *options_.clock, executor,
                  Authorizer::Options{registry_, secure_, options_.basic, options_.credentials, options_.tls}) {}

// Only asked for with tls.verify = false and plain_http_fallback: a registry that does not speak TLS is then spoken to
// by http. The handlers decide on the scheme and nothing else; any other failure comes back from the request that
// follows.
awaitable<void> RegistryClient::choose_scheme() {
    // Many requests begin at once: the first one asks, the others wait for its answer.
    const auto turn = co_await choosing_.take();
    if (scheme_known_)
        co_return;
    // On this machine plain HTTP is the rule, and asking for it costs a tenth of a TLS attempt.
    bool local = http::Url::parse("http://" + authority_).is_loopback();
    bool plain = false;
    if (local)
        plain = co_await answers("http");
    if (!plain)
        co_await answers("https");
    authorizer_.set_secure(secure_);
    scheme_known_ = true;
}

// Asks without credentials. A TLS port answers plain HTTP with 400 or not at all.
awaitable<bool> RegistryClient::answers(std::string_view scheme) {
    http::ClientRequest probe;
    probe.url = fmt::format("{}://{}/v2/", scheme, authority_);
    probe.tls = options_.tls;
    probe.max_redirects = 0;
    secure_ = scheme == "https";
    try {
        http::ClientResponse response = co_await client_.send(std::move(probe));
        auto body = io::limited_reader(std::move(response.body), kProbeBytes);
        co_await io::drain(*body); // keeps the connection for what follows
        co_return response.status == 200 || response.status == 401;
    } catch (const Error& error) {
        secure_ = error.code() != "TLS_HANDSHAKE";
        co_return false;
    }
}

std::string RegistryClient::base_url() const { return fmt::format("{}://{}", secure_ ? "https" : "http", authority_); }

http::ClientRequest RegistryClient::make_request(ApiRequest& request) const {
    http::ClientRequest made;
    made.method = request.method;
    made.url = request.target.starts_with("/") ? base_url() + request.target : request.target;
    made.headers = request.headers;
    made.body = request.body;
    made.body_bytes = request.body_bytes;
    made.tls = options_.tls;
    return made;
}

// Uploads may go to another host (a Location with an absolute URL); our credentials stay here.
bool RegistryClient::is_own_url(std::string_view url) const {
    std::string own = base_url();
    return url.starts_with(own) && (url.size() == own.size() || url[own.size()] == '/');
}

awaitable<http::ClientResponse> RegistryClient::send_authorized(ApiRequest& request, std::string& used) {
    http::ClientRequest outgoing = make_request(request);
    used.clear();
    if (is_own_url(outgoing.url))
        used = co_await authorizer_.authorization(request.scopes);
    if (!used.empty())
        outgoing.headers.set("Authorization", used);
    io::ReaderPtr text;
    if (request.text) {
        text = io::memory_reader(*request.text);
        outgoing.body = text.get();
        outgoing.body_bytes = request.text->size();
    }
    http::ClientResponse response = co_await client_.send(std::move(outgoing));
    note_warnings(response.headers);
    co_return response;
}

awaitable<http::ClientResponse> RegistryClient::send(ApiRequest request) {
    if (!scheme_known_)
        co_await choose_scheme();
    std::string used;
    http::ClientResponse response = co_await send_authorized(request, used);
    if (response.status != 401)
        co_return response;
    bool better = co_await authorizer_.answer(response.headers, request.scopes, used);
    if (!better || request.body != nullptr)
        co_return response;
    http::ClientResponse second = co_await send_authorized(request, used);
    co_return second;
}

awaitable<void> RegistryClient::refuse(http::ClientResponse& response, std::string action) {
    Error error = co_await response_error(response, registry_, std::move(action));
    throw error;
}

awaitable<void> RegistryClient::ping() {
    ApiRequest request;
    request.target = "/v2/";
    http::ClientResponse response = co_await send(std::move(request));
    if (response.status != 200)
        co_await refuse(response, fmt::format("logging in to {}", registry_));
}

void RegistryClient::note_warnings(const http::Fields& headers) {
    for (std::string_view warning : headers.get_all("Warning")) {
        if (!warning.starts_with("299 ") || warnings_.size() >= kWarnings)
            continue;
        auto [position, fresh] = warnings_.emplace(warning.substr(0, kWarningBytes));
        if (fresh)
            log::warn("registry_warning", {{"registry", registry_}, {"warning", *position}});
    }
}

} // namespace cang::distribution
