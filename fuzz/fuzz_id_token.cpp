// ID tokens of somebody else, and the key sets they are checked against: nothing is accepted without a key.
#include "identity/oidc/id_token.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto end = text.find('\n');
    auto keys = identity::oidc::parse_keys(text.substr(0, end));
    auto token = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    identity::oidc::Expected expected{.issuer = "https://a", .client_id = "b", .nonce = "c", .now = {}};
    auto bare = identity::oidc::verify_id_token(token, {}, expected);
    fuzz::require(!bare, "no token is right without a key");
    fuzz::require(!bare.error().reason.empty(), "a refusal has a reason");
    if (keys)
        identity::oidc::verify_id_token(token, *keys, expected);
    return 0;
}
