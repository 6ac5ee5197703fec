#include "http/access_log.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace cang::http {

namespace {

constexpr std::size_t kMaxTargetBytes = 512;
constexpr std::size_t kMaxAgentBytes = 128;
constexpr std::size_t kMaxUserBytes = 128;

constexpr std::array<std::string_view, 3> kSecretNames{"token", "password", "code"};

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

void log_access(const AccessRecord& record) {
    if (!log::enabled(log::Level::info))
        return;
    log::info("http.access", {{"method", std::string(to_string(record.method))},
                              {"target", loggable_target(record.target)},
                              {"route", std::string(record.route)},
                              {"status", std::to_string(record.status)},
                              {"received", std::to_string(record.request_bytes)},
                              {"sent", std::to_string(record.response_bytes)},
                              {"ms", fmt::format("{:.3f}", static_cast<double>(record.duration.count()) / 1000.0)},
                              {"remote", std::string(record.remote_address)},
                              {"user", cut(record.user, kMaxUserBytes)},
                              {"agent", cut(record.user_agent, kMaxAgentBytes)},
                              {"request", std::string(record.request_id)}});
}

} // namespace cang::http
