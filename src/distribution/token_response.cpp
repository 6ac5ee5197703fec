#include "distribution/token_response.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace cang::distribution {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds kLongestLifetime = std::chrono::hours(24);
// A token travels in a header field, where servers take no more than this.
constexpr std::size_t kTokenBytes = 32 * 1024;

bool fits_a_header(std::string_view token) {
    return !token.empty() && token.size() <= kTokenBytes &&
           std::ranges::all_of(token, [](char c) { return c > ' ' && c < 127; });
}

} // namespace

std::expected<TokenResponse, ParseError> TokenResponse::parse(std::string_view text) {
    json::parse_options options;
    options.max_depth = 8;
    json::error_code failure;
    json::value document = json::parse(text, failure, {}, options);
    if (failure || !document.is_object())
        return std::unexpected(ParseError{"not a JSON object", 0});
    const json::object& object = document.get_object();
    TokenResponse response;
    for (std::string_view name : {"token", "access_token"}) {
        const json::value* member = object.if_contains(name);
        if (response.token.empty() && member != nullptr && member->is_string())
            response.token = std::string(member->get_string());
    }
    if (!fits_a_header(response.token))
        return std::unexpected(ParseError{"no usable token", 0});
    if (const json::value* lifetime = object.if_contains("expires_in"); lifetime != nullptr && lifetime->is_number()) {
        double seconds = lifetime->to_number<double>();
        if (seconds >= 1)
            response.lifetime = std::chrono::seconds(
                static_cast<std::int64_t>(std::min(seconds, static_cast<double>(kLongestLifetime.count()))));
    }
    return response;
}

} // namespace cang::distribution
