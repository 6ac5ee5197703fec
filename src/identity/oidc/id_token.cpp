#include "identity/oidc/id_token.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

namespace cang::identity::oidc {

namespace {

namespace json = boost::json;

constexpr std::size_t kMaxTokenBytes = 64 * 1024;
constexpr std::size_t kMaxKeys = 64;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr std::size_t kP256Bytes = 32;
constexpr std::int64_t kClockSkew = 60; // seconds

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Number number_of(std::string_view bytes) {
    return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<json::object> parse_object(std::string_view text) {
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code failure;
    auto document = json::parse(text, failure, {}, options);
    if (failure || !document.is_object())
        return std::nullopt;
    return std::move(document.get_object());
}

std::shared_ptr<void> finish(const char* type, OSSL_PARAM_BLD* builder) {
    Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return nullptr;
    return {key, [](void* one) { EVP_PKEY_free(static_cast<EVP_PKEY*>(one)); }};
}

std::shared_ptr<void> rsa_key(const json::object& jwk) {
    auto modulus = from_base64(text_of(jwk, "n"));
    auto exponent = from_base64(text_of(jwk, "e"));
    if (!modulus || !exponent || modulus->size() > kMaxRsaBits / 8 || exponent->size() > 8)
        return nullptr;
    auto n = number_of(*modulus);
    auto e = number_of(*exponent);
    if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits)
        return nullptr;
    Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return finish("RSA", builder.get());
}

std::shared_ptr<void> p256_key(const json::object& jwk) {
    auto x = from_base64(text_of(jwk, "x"));
    auto y = from_base64(text_of(jwk, "y"));
    if (text_of(jwk, "crv") != "P-256" || !x || !y || x->size() != kP256Bytes || y->size() != kP256Bytes)
        return nullptr;
    auto point = std::string(1, '\4') + *x + *y;
    Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    return finish("EC", builder.get());
}

// r and s side by side, as RFC 7518 §3.4 has them, become what OpenSSL takes.
std::string to_der(std::string_view raw) {
    std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
    auto r = number_of(raw.substr(0, kP256Bytes));
    auto s = number_of(raw.substr(kP256Bytes));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
        return {};
    static_cast<void>(r.release()); // the signature's by now
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    int length = i2d_ECDSA_SIG(signature.get(), &der);
    std::string text(reinterpret_cast<const char*>(der), length > 0 ? static_cast<std::size_t>(length) : 0);
    OPENSSL_free(der);
    return text;
}

bool has_audience(const json::object& claims, const std::string& client_id) {
    const auto* audience = claims.if_contains("aud");
    if (audience && audience->is_string())
        return audience->get_string() == client_id;
    if (!audience || !audience->is_array())
        return false;
    bool named = std::ranges::any_of(audience->get_array(), [&client_id](const json::value& one) {
        return one.is_string() && one.get_string() == client_id;
    });
    // A token for several must say that it was made for us.
    return named && (audience->get_array().size() == 1 || text_of(claims, "azp") == client_id);
}

std::int64_t number_claim(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    return value && value->is_number() ? static_cast<std::int64_t>(value->to_number<double>()) : 0;
}

std::string problem_of(const json::object& claims, const Expected& expected) {
    auto now = std::chrono::floor<std::chrono::seconds>(expected.now).time_since_epoch().count();
    if (text_of(claims, "iss") != expected.issuer)
        return "it is from another issuer";
    if (!has_audience(claims, expected.client_id))
        return "it is for another client";
    if (text_of(claims, "sub").empty())
        return "it does not say who signed in";
    if (number_claim(claims, "exp") + kClockSkew <= now)
        return "its time is over";
    if (number_claim(claims, "nbf") - kClockSkew > now)
        return "its time has not come";
    if (text_of(claims, "nonce") != expected.nonce)
        return "it belongs to another sign-in";
    return {};
}

} // namespace

PublicKey::PublicKey(std::string id, std::string type, std::shared_ptr<void> key)
    : id_(std::move(id)), type_(std::move(type)), key_(std::move(key)) {}

bool PublicKey::verifies(std::string_view algorithm, std::string_view text, std::string_view signature) const {
    bool rsa = type_ == "RSA" && (algorithm == "RS256" || algorithm == "PS256");
    bool ec = type_ == "EC" && algorithm == "ES256" && signature.size() == 2 * kP256Bytes;
    if (!rsa && !ec)
        return false;
    auto der = ec ? to_der(signature) : std::string(signature);
    DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    auto* key = static_cast<EVP_PKEY*>(key_.get());
    if (!context || EVP_DigestVerifyInit(context.get(), &settings, EVP_sha256(), nullptr, key) != 1)
        return false;
    if (algorithm == "PS256" && (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
                                 EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) == 1;
}

std::expected<std::vector<PublicKey>, ParseError> parse_keys(std::string_view text) {
    auto document = parse_object(text);
    const auto* list = document ? document->if_contains("keys") : nullptr;
    if (!list || !list->is_array() || list->get_array().size() > kMaxKeys)
        return std::unexpected(ParseError{"is no JWK set of at most 64 keys", 0});
    std::vector<PublicKey> keys;
    for (const auto& value : list->get_array()) {
        const auto* jwk = value.if_object();
        if (!jwk || text_of(*jwk, "use") == "enc")
            continue;
        auto type = text_of(*jwk, "kty");
        auto key = type == "RSA" ? rsa_key(*jwk) : type == "EC" ? p256_key(*jwk) : nullptr;
        if (key)
            keys.emplace_back(text_of(*jwk, "kid"), std::move(type), std::move(key));
    }
    return keys;
}

std::expected<json::object, Rejected> verify_id_token(std::string_view token, const std::vector<PublicKey>& keys,
                                                      const Expected& expected) {
    auto reject = [](std::string reason, bool unknown_key = false) {
        return std::unexpected(Rejected{std::move(reason), unknown_key});
    };
    auto first = token.find('.');
    auto last = token.rfind('.');
    if (token.size() > kMaxTokenBytes || first == std::string_view::npos || first == last)
        return reject("it is no signed token");
    auto header_text = from_base64(token.substr(0, first));
    auto claims_text = from_base64(token.substr(first + 1, last - first - 1));
    auto signature = from_base64(token.substr(last + 1));
    auto header = header_text ? parse_object(*header_text) : std::nullopt;
    auto claims = claims_text ? parse_object(*claims_text) : std::nullopt;
    if (!header || !claims || !signature || header->contains("crit"))
        return reject("it is no signed token");
    auto id = text_of(*header, "kid");
    auto algorithm = text_of(*header, "alg");
    bool known = false;
    bool right = false;
    for (const auto& key : keys) {
        if (!id.empty() && key.id() != id)
            continue;
        known = true;
        right = right || key.verifies(algorithm, token.substr(0, last), *signature);
    }
    if (!known)
        return reject("no key of the provider signed it", true);
    if (!right)
        return reject("its signature is wrong");
    if (auto problem = problem_of(*claims, expected); !problem.empty())
        return reject(std::move(problem));
    return std::move(*claims);
}

} // namespace cang::identity::oidc
