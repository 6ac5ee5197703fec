#include "distribution/authorizer.hpp"

#include "base/bytes.hpp"
#include "distribution/response_error.hpp"
#include "distribution/token_response.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

// A token that ends while a request is under way is of no use.
constexpr std::chrono::seconds kExpiryMargin{10};
// Every scope of a long run over many repositories; the oldest go, and can be fetched again.
constexpr std::size_t kTokens = 1000;

std::string key_of(const Scopes& scopes) { return fmt::format("{}", fmt::join(scopes, " ")); }

std::string form_parameters(const std::string& service, const Scopes& scopes) {
    std::string text;
    if (!service.empty())
        text += "&service=" + http::percent_encode(service);
    for (const std::string& scope : scopes)
        text += "&scope=" + http::percent_encode(scope);
    return text.empty() ? text : text.substr(1);
}

} // namespace

// Held while a token is fetched.
class Authorizer::Turn {
public:
    explicit Turn(Authorizer& owner) : owner_(owner) {}
    ~Turn() { owner_.end_turn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Authorizer& owner_;
};

Authorizer::Authorizer(http::Client& client, const Clock& clock, asio::any_io_executor executor, Options options)
    : client_(client), clock_(clock), options_(std::move(options)), basic_(options_.basic),
      turn_(executor, asio::steady_timer::time_point::max()) {}

awaitable<void> Authorizer::take_turn() {
    auto token = asio::as_tuple(asio::use_awaitable);
    while (busy_) {
        co_await turn_.async_wait(token);
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw Error(ErrorKind::cancelled, "cancelled");
    }
    busy_ = true;
}

void Authorizer::end_turn() {
    busy_ = false;
    turn_.cancel();
}

std::string Authorizer::basic_header() const {
    if (options_.credentials.password.empty())
        return {};
    std::string pair = options_.credentials.username + ":" + options_.credentials.password.reveal();
    return "Basic " + to_base64(as_bytes(pair));
}

std::string Authorizer::find_token(const std::string& key) const {
    auto found = tokens_.find(key);
    bool usable = found != tokens_.end() && clock_.now() + kExpiryMargin < found->second.expires_at;
    return usable ? found->second.header : std::string();
}

awaitable<std::string> Authorizer::authorization(Scopes scopes) {
    if (basic_)
        co_return basic_header();
    if (realm_.empty())
        co_return std::string();
    std::string key = key_of(scopes);
    std::string header = find_token(key);
    if (!header.empty())
        co_return header;
    co_await take_turn();
    Turn turn(*this);
    header = find_token(key);
    if (header.empty()) {
        co_await fetch_token(key, std::move(scopes));
        header = find_token(key);
    }
    co_return header;
}

bool Authorizer::adopt(const Challenge& challenge) {
    if (challenge.scheme == "basic") {
        basic_ = true;
        return true;
    }
    if (challenge.scheme != "bearer" || challenge.parameter("realm").empty())
        return false;
    basic_ = false;
    realm_ = challenge.parameter("realm");
    service_ = challenge.parameter("service");
    check_realm();
    return true;
}

void Authorizer::check_realm() const {
    bool secure = realm_.starts_with("https://");
    bool plain = realm_.starts_with("http://");
    if (!secure && (options_.secure || !plain))
        throw Error(
            ErrorKind::permission_denied,
            fmt::format("{} sends its clients to a token server that is not reached by https", options_.registry));
}

awaitable<bool> Authorizer::answer(const http::Fields& response_headers, Scopes scopes, std::string used) {
    std::vector<Challenge> offered;
    for (std::string_view header : response_headers.get_all("WWW-Authenticate")) {
        auto challenges = parse_challenges(header);
        if (challenges)
            std::ranges::move(*challenges, std::back_inserter(offered));
    }
    auto bearer = std::ranges::find(offered, "bearer", &Challenge::scheme);
    auto basic = std::ranges::find(offered, "basic", &Challenge::scheme);
    if (bearer == offered.end()) {
        if (basic == offered.end() || !adopt(*basic))
            co_return false;
        std::string header = basic_header();
        co_return !header.empty() && header != used;
    }
    if (!adopt(*bearer))
        co_return false;
    std::string key = key_of(scopes);
    co_await take_turn();
    Turn turn(*this);
    std::string present = find_token(key);
    if (!present.empty() && present != used)
        co_return true; // another request fetched it meanwhile
    tokens_.erase(key);
    if (scopes.empty() && !bearer->parameter("scope").empty())
        scopes.push_back(bearer->parameter("scope"));
    co_await fetch_token(key, std::move(scopes));
    std::string fresh = find_token(key);
    co_return !fresh.empty() && fresh != used;
}

http::ClientRequest Authorizer::get_request(const Scopes& scopes) const {
    http::ClientRequest request;
    std::string query = form_parameters(service_, scopes);
    if (!options_.credentials.username.empty())
        query += (query.empty() ? "account=" : "&account=") + http::percent_encode(options_.credentials.username);
    request.url = realm_ + (realm_.find('?') == std::string::npos ? "?" : "&") + query;
    if (std::string basic = basic_header(); !basic.empty())
        request.headers.add("Authorization", basic);
    return request;
}

http::ClientRequest Authorizer::refresh_request(const Scopes& scopes, std::string& form) const {
    std::string scope = key_of(scopes);
    form = fmt::format("grant_type=refresh_token&client_id=cang&service={}&scope={}&refresh_token={}",
                       http::percent_encode(service_), http::percent_encode(scope),
                       http::percent_encode(options_.credentials.identity_token.reveal()));
    http::ClientRequest request;
    request.method = http::Method::post;
    request.url = realm_;
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    return request;
}

awaitable<void> Authorizer::fetch_token(std::string key, Scopes scopes) {
    std::string form;
    bool refresh = !options_.credentials.identity_token.empty();
    http::ClientRequest request = refresh ? refresh_request(scopes, form) : get_request(scopes);
    std::size_t form_bytes = form.size();
    io::ReaderPtr body = io::memory_reader(std::move(form));
    if (refresh) {
        request.body = body.get();
        request.body_bytes = form_bytes;
    }
    request.tls = options_.tls;
    http::ClientResponse response = co_await client_.send(std::move(request));
    std::string action = fmt::format("getting a token for {}", options_.registry);
    if (response.status != 200) {
        Error error = co_await response_error(response, "the token server", std::move(action));
        throw error;
    }
    std::string text = co_await io::read_all(*response.body, TokenResponse::max_bytes);
    auto parsed = TokenResponse::parse(text);
    if (!parsed)
        throw Error(ErrorKind::corrupt,
                    fmt::format("{}: the token server's answer is {}", action, parsed.error().reason));
    if (tokens_.size() >= kTokens)
        tokens_.erase(std::ranges::min_element(tokens_, {}, [](const auto& entry) { return entry.second.expires_at; }));
    // A lifetime shorter than the margin is used for what it is worth: this one request.
    auto lifetime = std::max<std::chrono::seconds>(parsed->lifetime, kExpiryMargin + std::chrono::seconds(1));
    tokens_[key] = Token{"Bearer " + parsed->token, clock_.now() + lifetime};
}

} // namespace cang::distribution
