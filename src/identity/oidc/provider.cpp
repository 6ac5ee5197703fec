#include "identity/oidc/provider.hpp"

#include "base/bytes.hpp"
#include "http/client_url.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sodium.h>

namespace cang::identity::oidc {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxAnswer = 1024 * 1024;
constexpr std::chrono::hours kMetadataLife{1};
constexpr std::chrono::minutes kFreshInterval{1}; // so often new keys are looked for

// RFC 7636 §4.2, S256.
std::string challenge_of(const std::string& verifier) {
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
    return to_base64url(as_bytes(digest));
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<json::object> parse_object(std::string_view text) {
    json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code failure;
    auto document = json::parse(text, failure, {}, options);
    if (failure || !document.is_object())
        return std::nullopt;
    return std::move(document.get_object());
}

bool is_web_url(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

awaitable<std::pair<int, std::string>> exchange(http::Client& client, http::ClientRequest request) {
    auto response = co_await client.send(std::move(request));
    auto body = co_await io::read_all(*response.body, kMaxAnswer);
    co_return std::pair(response.status, std::move(body));
}

[[noreturn]] void throw_odd(std::string_view what) {
    throw Error(ErrorKind::unavailable,
                fmt::format("the identity provider's {} is not as OpenID Connect has it", what));
}

awaitable<json::object> get_object(http::Client& client, std::string url, std::string_view what) {
    http::ClientRequest request{.url = std::move(url), .headers = {{"Accept", "application/json"}}};
    auto [status, body] = co_await exchange(client, std::move(request));
    auto document = status == 200 ? parse_object(body) : std::nullopt;
    if (!document)
        throw_odd(what);
    co_return std::move(*document);
}

// application/x-www-form-urlencoded
std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string form;
    for (const auto& [name, value] : fields)
        form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, http::percent_encode(value));
    return form;
}

std::vector<std::string> groups_of(const json::object& claims, std::string_view name) {
    std::vector<std::string> groups;
    const auto* value = claims.if_contains(name);
    if (value && value->is_string())
        groups.emplace_back(value->get_string());
    if (value && value->is_array())
        for (const auto& group : value->get_array())
            if (group.is_string())
                groups.emplace_back(group.get_string());
    return groups;
}

} // namespace

std::vector<std::pair<std::string, store::MembershipRow>> parse_group_roles(std::string_view text) {
    std::vector<std::pair<std::string, store::MembershipRow>> roles;
    while (!text.empty()) {
        auto item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        auto equals = item.rfind('=');
        auto colon = item.rfind(':');
        auto role = colon == std::string_view::npos ? Role::none : parse_role(item.substr(colon + 1));
        if (equals == std::string_view::npos || colon < equals || role == Role::none)
            throw Error(
                ErrorKind::invalid_argument,
                fmt::format("\"{}\" is not of the form GROUP=PROJECT:ROLE, with the role admin, operator or viewer",
                            item));
        roles.emplace_back(std::string(item.substr(0, equals)),
                           store::MembershipRow{.project = std::string(item.substr(equals + 1, colon - equals - 1)),
                                                .role = std::string(to_string(role))});
    }
    return roles;
}

std::string to_text(const SignIn& sign_in) {
    json::object document{{"state", sign_in.state},
                          {"nonce", sign_in.nonce},
                          {"verifier", sign_in.verifier},
                          {"next", sign_in.next},
                          {"expires", to_rfc3339(sign_in.expires)}};
    return json::serialize(document);
}

std::optional<SignIn> parse_sign_in(std::string_view text) {
    auto document = parse_object(text);
    if (!document)
        return std::nullopt;
    auto expires = parse_rfc3339(text_of(*document, "expires"));
    if (!expires)
        return std::nullopt;
    return SignIn{.state = text_of(*document, "state"),
                  .nonce = text_of(*document, "nonce"),
                  .verifier = text_of(*document, "verifier"),
                  .next = text_of(*document, "next"),
                  .expires = *expires};
}

Provider::Provider(Options options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

http::ClientOptions Provider::client_options() const {
    http::ClientOptions client;
    client.policy = options_.policy;
    client.named_peer = http::Url::parse(options_.issuer).host_and_port();
    return client;
}

awaitable<Provider::MetadataPtr> Provider::metadata(bool fresh) {
    {
        std::lock_guard lock(mutex_);
        auto age = known_ ? clock_.now() - known_->fetched_at : std::chrono::milliseconds::max();
        if (age < (fresh ? std::chrono::milliseconds(kFreshInterval) : std::chrono::milliseconds(kMetadataLife)))
            co_return known_;
    }
    auto executor = co_await asio::this_coro::executor;
    http::Client client(executor, client_options());
    auto base = options_.issuer;
    while (base.ends_with('/'))
        base.pop_back();
    auto document = co_await get_object(client, base + "/.well-known/openid-configuration", "configuration");
    Metadata found{.authorization_endpoint = text_of(document, "authorization_endpoint"),
                   .token_endpoint = text_of(document, "token_endpoint"),
                   .userinfo_endpoint = text_of(document, "userinfo_endpoint"),
                   .jwks_uri = text_of(document, "jwks_uri"),
                   .keys = {},
                   .fetched_at = clock_.now()};
    if (text_of(document, "issuer") != options_.issuer || !is_web_url(found.authorization_endpoint) ||
        !is_web_url(found.token_endpoint) || !is_web_url(found.jwks_uri))
        throw_odd("configuration");
    auto set = co_await get_object(client, found.jwks_uri, "key set");
    auto keys = parse_keys(json::serialize(set));
    if (!keys || keys->empty())
        throw_odd("key set");
    found.keys = std::move(*keys);
    auto shared = std::make_shared<const Metadata>(std::move(found));
    std::lock_guard lock(mutex_);
    known_ = shared;
    co_return shared;
}

awaitable<Provider::Begun> Provider::begin(std::string redirect_uri, std::string next) {
    auto provider = co_await metadata(false);
    SignIn sign_in{.state = random_hex(16),
                   .nonce = random_hex(16),
                   .verifier = random_hex(32),
                   .next = std::move(next),
                   .expires = clock_.now() + life};
    auto query = form_of({{"response_type", "code"},
                          {"client_id", options_.client_id},
                          {"redirect_uri", redirect_uri},
                          {"scope", options_.scopes},
                          {"state", sign_in.state},
                          {"nonce", sign_in.nonce},
                          {"code_challenge", challenge_of(sign_in.verifier)},
                          {"code_challenge_method", "S256"}});
    const auto& endpoint = provider->authorization_endpoint;
    auto url = endpoint + (endpoint.find('?') == std::string::npos ? "?" : "&") + query;
    co_return Begun{.url = std::move(url), .sign_in = std::move(sign_in)};
}

awaitable<json::object> Provider::verify(std::string token, std::string nonce) {
    Expected expected{
        .issuer = options_.issuer, .client_id = options_.client_id, .nonce = std::move(nonce), .now = clock_.now()};
    auto provider = co_await metadata(false);
    auto claims = verify_id_token(token, provider->keys, expected);
    if (!claims && claims.error().unknown_key) {
        provider = co_await metadata(true);
        claims = verify_id_token(token, provider->keys, expected);
    }
    if (!claims)
        throw Error(ErrorKind::unauthenticated,
                    fmt::format("the identity provider's token is not accepted: {}", claims.error().reason));
    co_return std::move(*claims);
}

awaitable<ForeignIdentity> Provider::finish(SignIn sign_in, std::string code, std::string redirect_uri) {
    auto provider = co_await metadata(false);
    auto executor = co_await asio::this_coro::executor;
    http::Client client(executor, client_options());
    auto form = form_of({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", redirect_uri},
                         {"client_id", options_.client_id},
                         {"code_verifier", sign_in.verifier}});
    http::Fields headers{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (!options_.client_secret.empty()) {
        auto pair =
            http::percent_encode(options_.client_id) + ":" + http::percent_encode(options_.client_secret.reveal());
        headers.set("Authorization", "Basic " + to_base64(as_bytes(pair)));
    }
    auto body = io::memory_reader(form);
    http::ClientRequest request{.method = http::Method::post,
                                .url = provider->token_endpoint,
                                .headers = std::move(headers),
                                .body = body.get(),
                                .body_bytes = form.size(),
                                .max_redirects = 0};
    auto [status, text] = co_await exchange(client, std::move(request));
    auto answer = parse_object(text);
    if (status != 200 || !answer)
        throw Error(ErrorKind::unauthenticated, "the identity provider does not confirm this sign-in; start again");
    auto claims = co_await verify(text_of(*answer, "id_token"), sign_in.nonce);
    if (!provider->userinfo_endpoint.empty()) {
        http::Fields bearer{{"Authorization", "Bearer " + text_of(*answer, "access_token")}};
        http::ClientRequest ask{.url = provider->userinfo_endpoint, .headers = std::move(bearer), .max_redirects = 0};
        auto [info_status, info_text] = co_await exchange(client, std::move(ask));
        auto info = info_status == 200 ? parse_object(info_text) : std::nullopt;
        // Of somebody else, it must not be mixed in (OpenID Connect Core 1.0 §5.3.2).
        if (info && text_of(*info, "sub") == text_of(claims, "sub"))
            for (const auto& member : *info)
                claims.emplace(member.key(), member.value());
    }
    co_return identity_of(claims);
}

ForeignIdentity Provider::identity_of(const json::object& claims) const {
    ForeignIdentity identity{.issuer = options_.issuer,
                             .subject = text_of(claims, "sub"),
                             .name = text_of(claims, "preferred_username"),
                             .display_name = text_of(claims, "name"),
                             .email = text_of(claims, "email")};
    if (identity.name.empty())
        identity.name = identity.email.empty() ? identity.subject : identity.email.substr(0, identity.email.find('@'));
    auto groups = groups_of(claims, options_.groups_claim);
    auto is_in = [&groups](const std::string& group) { return std::ranges::find(groups, group) != groups.end(); };
    if (!options_.admin_group.empty())
        identity.admin = is_in(options_.admin_group);
    for (const auto& [group, membership] : options_.group_roles)
        if (is_in(group))
            identity.memberships.push_back(membership);
    return identity;
}

} // namespace cang::identity::oidc
