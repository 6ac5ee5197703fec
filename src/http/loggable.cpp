#include "http/loggable.hpp"

#include <algorithm>
#include <array>

namespace cang::http {

namespace {

constexpr std::size_t kMaxTargetBytes = 512;
constexpr std::size_t kMaxNameBytes = 128;

constexpr std::array<std::string_view, 6> kSecretNames{"token", "password",     "code",
                                                       "state", "access_token", "x-oauth-token"};

std::string cut(std::string_view text, std::size_t most) {
    if (text.size() <= most)
        return std::string(text);
    return std::string(text.substr(0, most)) + "...";
}

} // namespace

std::string loggable_target(std::string_view target) {
    auto question = target.find('?');
    if (question == std::string_view::npos)
        return cut(target, kMaxTargetBytes);
    std::string text(target.substr(0, question + 1));
    auto query = target.substr(question + 1);
    while (!query.empty()) {
        auto item = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(item.size() + 1, query.size()));
        auto name = item.substr(0, item.find('='));
        bool secret = std::ranges::find(kSecretNames, name) != kSecretNames.end();
        text.append(secret ? name : item).append(secret ? "=[secret]" : "").append(query.empty() ? "" : "&");
    }
    return cut(text, kMaxTargetBytes);
}

std::string loggable_name(std::string_view name) { return cut(name, kMaxNameBytes); }

} // namespace cang::http
