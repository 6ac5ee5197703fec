// The settings of `cang serve` are a table: flags, variables, the configuration file, help, the JSON Schema and
// docs/configuration.md come from it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cang::settings {

enum class Kind : std::uint8_t {
    text,
    choice,   // one of `choices`
    boolean,  // true or false
    number,   // an integer from `lowest` to `highest`
    duration, // "90s", "1h", 0
    size,     // "64KiB", "10GB", or a number of bytes
    list,     // texts separated by commas; a sequence in YAML
};

struct Setting {
    std::string_view section; // "server"
    std::string_view name;    // "external-url"; no two are the same, whatever their sections
    Kind kind;
    std::string_view value_name; // what --help calls the value: "URL"
    std::string_view default_text;
    bool reloadable = false;       // SIGHUP applies a change; others need a restart
    bool secret = false;           // never shown
    std::string_view help;         // what it is for, in sentences
    std::string_view choices = {}; // "none|pull|push"
    // Of numbers; of sizes in bytes and durations in milliseconds.
    std::uint64_t lowest = 0;
    std::uint64_t highest = UINT64_MAX;
    // Why a text of that kind is no value after all; nullopt when it is one.
    std::optional<std::string> (*check)(std::string_view text) = nullptr;
};

// By section, in the order in which they are shown.
std::span<const Setting> table();

struct Section {
    std::string_view name;
    std::string_view title; // the heading in --help: "Server"
};
std::span<const Section> sections();

std::string key_of(const Setting& setting);      // "server.external-url"
std::string flag_of(const Setting& setting);     // "--external-url"
std::string variable_of(const Setting& setting); // "CANG_EXTERNAL_URL"
std::vector<std::string_view> choices_of(const Setting& setting);
// With its default: "Time between garbage collections; 0 for none. Default 1h."
std::string help_of(const Setting& setting);

// Null when there is none.
const Setting* find_by_name(std::string_view name);
const Setting* find_by_key(std::string_view key);

// Why `text` is no value of that setting: "must be none, pull or push". nullopt when it is one. Empty text is the value
// of settings that are empty by default only.
std::optional<std::string> find_fault(const Setting& setting, std::string_view text);

// "true", "1", "yes", "on" and their opposites.
std::optional<bool> parse_boolean(std::string_view text);

} // namespace cang::settings
