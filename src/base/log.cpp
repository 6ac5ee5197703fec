#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace cang::log {

namespace {

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto created = std::make_shared<spdlog::logger>("cang", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        created->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        created->flush_on(spdlog::level::warn);
        return created;
    }();
    return *instance;
}

} // namespace

std::string escape_value(std::string_view value) {
    bool plain = !value.empty();
    for (unsigned char c : value)
        plain = plain && c > 0x20 && c != '"' && c != '\\' && c != '=' && c != 0x7f;
    if (plain)
        return std::string(value);
    std::string text = "\"";
    for (unsigned char c : value) {
        if (c == '"' || c == '\\')
            text += fmt::format("\\{}", static_cast<char>(c));
        else if (c < 0x20 || c == 0x7f)
            text += fmt::format("\\x{:02x}", c);
        else
            text.push_back(static_cast<char>(c));
    }
    return text + "\"";
}

void write(Level level, std::string_view event, Fields fields) {
    if (!enabled(level))
        return;
    std::string line(event);
    for (const auto& [key, value] : fields)
        line += fmt::format(" {}={}", key, escape_value(value));
    logger().log(level_of(level), line);
}

bool set_level(std::string_view name) {
    for (auto [word, level] : {std::pair<std::string_view, spdlog::level::level_enum>{"debug", spdlog::level::debug},
                               {"info", spdlog::level::info},
                               {"warn", spdlog::level::warn},
                               {"error", spdlog::level::err},
                               {"off", spdlog::level::off}})
        if (word == name) {
            logger().set_level(level);
            return true;
        }
    return false;
}

bool enabled(Level level) { return logger().should_log(level_of(level)); }

} // namespace cang::log
