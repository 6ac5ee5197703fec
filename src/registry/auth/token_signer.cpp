#include "registry/auth/token_signer.hpp"

#include "base/bytes.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cang::registry::auth {

namespace {

namespace json = boost::json;

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kIssuer = "cang";

std::string_view use_name(TokenUse use) {
    switch (use) {
    case TokenUse::access: return "access";
    case TokenUse::refresh: return "refresh";
    case TokenUse::session: return "session";
    case TokenUse::session_refresh: return "session refresh";
    }
    return {};
}

std::chrono::seconds life_of(TokenUse use) {
    switch (use) {
    case TokenUse::access: return TokenSigner::access_life;
    case TokenUse::refresh: return TokenSigner::refresh_life;
    case TokenUse::session:
    case TokenUse::session_refresh: return TokenSigner::session_life;
    }
    return {};
}

json::array access_of(const std::vector<Scope>& scopes) {
    json::array access;
    for (const auto& scope : scopes) {
        json::array actions;
        for (const auto& action : scope.actions)
            actions.emplace_back(action);
        access.push_back(json::object{{"type", scope.type}, {"name", scope.name}, {"actions", std::move(actions)}});
    }
    return access;
}

std::string text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_int64() ? value->get_int64() : 0;
}

std::vector<Scope> scopes_of(const json::object& claims, std::string_view member) {
    std::vector<Scope> scopes;
    const auto* access = claims.if_contains(member);
    if (!access || !access->is_array())
        return scopes;
    for (const auto& entry : access->get_array()) {
        const auto* object = entry.if_object();
        const auto* actions = object ? object->if_contains("actions") : nullptr;
        if (!actions || !actions->is_array())
            continue;
        Scope scope{.type = text_of(*object, "type"), .name = text_of(*object, "name"), .actions = {}};
        for (const auto& action : actions->get_array())
            if (action.is_string())
                scope.actions.emplace_back(action.get_string());
        scopes.push_back(std::move(scope));
    }
    return scopes;
}

void add_access(json::object& payload, const TokenClaims& claims) {
    payload["access"] = access_of(claims.scopes);
    if (!claims.refused.empty())
        payload["refused"] = access_of(claims.refused);
    if (!claims.credential.empty()) {
        payload["cred"] = claims.credential;
        payload["stamp"] = claims.stamp;
    }
    if (claims.admin)
        payload["admin"] = true;
}

bool is_true(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_bool() && value->get_bool();
}

} // namespace

std::string TokenSigner::sign(const TokenClaims& claims) const {
    auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch();
    auto end = seconds + life_of(claims.use);
    if (claims.expires != Timestamp())
        end = std::chrono::floor<std::chrono::seconds>(claims.expires).time_since_epoch();
    json::object payload{
        {"iss", kIssuer},         {"aud", kIssuer},     {"sub", claims.subject}, {"iat", seconds.count()},
        {"nbf", seconds.count()}, {"exp", end.count()}, {"jti", random_hex(8)},  {"use", use_name(claims.use)}};
    if (claims.use == TokenUse::access)
        add_access(payload, claims);
    else if (!claims.session.empty())
        payload["sid"] = claims.session;
    else
        payload["epoch"] = claims.epoch;
    auto text = to_base64url(as_bytes(kHeader)) + "." + to_base64url(as_bytes(json::serialize(payload)));
    return text + "." + to_base64url(as_bytes(signature(text)));
}

std::optional<TokenClaims> TokenSigner::verify(std::string_view token, TokenUse use) const {
    auto end_of_text = token.rfind('.');
    auto end_of_header = token.find('.');
    if (token.size() > max_token_bytes || end_of_text == std::string_view::npos || end_of_header == end_of_text)
        return std::nullopt;
    // Only our own header is accepted, so no other algorithm can be smuggled in.
    if (token.substr(0, end_of_header) != to_base64url(as_bytes(kHeader)))
        return std::nullopt;
    Secret expected(to_base64url(as_bytes(signature(token.substr(0, end_of_text)))));
    if (!expected.equals(token.substr(end_of_text + 1)))
        return std::nullopt;
    auto text = from_base64(token.substr(end_of_header + 1, end_of_text - end_of_header - 1));
    boost::system::error_code failure;
    auto document = text ? json::parse(*text, failure) : json::value();
    if (failure || !document.is_object())
        return std::nullopt;
    const auto& claims = document.get_object();
    auto seconds = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    if (text_of(claims, "iss") != kIssuer || text_of(claims, "use") != use_name(use) ||
        number_of(claims, "exp") <= seconds || number_of(claims, "nbf") > seconds)
        return std::nullopt;
    return TokenClaims{.use = use,
                       .subject = text_of(claims, "sub"),
                       .epoch = text_of(claims, "epoch"),
                       .session = text_of(claims, "sid"),
                       .credential = text_of(claims, "cred"),
                       .stamp = text_of(claims, "stamp"),
                       .admin = is_true(claims, "admin"),
                       .scopes = scopes_of(claims, "access"),
                       .refused = scopes_of(claims, "refused"),
                       .expires = Timestamp(std::chrono::seconds(number_of(claims, "exp")))};
}

std::string TokenSigner::signature(std::string_view text) const {
    const auto& key = key_.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), code.data(), &length);
    return std::string(reinterpret_cast<const char*>(code.data()), length);
}

} // namespace cang::registry::auth
