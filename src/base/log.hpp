// Structured log lines through spdlog: one event word, then key=value pairs, values escaped against log injection.
#pragma once

#include <fmt/format.h>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace cang::log {

enum class Level { debug, info, warn, error };

using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

// Thread-safe. Lines go to standard error. Control characters and quotes in values are escaped.
void write(Level level, std::string_view event, Fields fields = {});

inline void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

// debug, info (default), warn, error or off. Returns false for another word.
bool set_level(std::string_view name);
bool enabled(Level level);

// "text" -> text when it is plain, else quoted with escapes.
std::string escape_value(std::string_view value);

} // namespace cang::log
