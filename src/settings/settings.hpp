// The value of every setting, and where it came from. Values are texts that find_fault() accepted.
#pragma once

#include "http/address_ranges.hpp"
#include "settings/setting.hpp"

#include <chrono>

namespace cang::settings {

enum class Source : std::uint8_t { default_value, file, environment, flag };
std::string_view to_string(Source source); // "default", "file", "environment", "flag"

struct Value {
    std::string text;
    Source source = Source::default_value;
    std::string
        origin; // what a message about it begins with: "cang.yaml:3:11: server.listen", "CANG_LISTEN", "--listen"
};

// One setting as the API and `cang config show` tell it.
struct SettingView {
    std::string key;
    std::string value; // "(secret)" for one that is set and secret
    std::string source;
    bool reloadable = false;
    std::string description;
};

class Settings {
public:
    Settings(); // the defaults

    const Value& value(std::string_view name) const; // throws Error{internal} for a name that is not in the table
    const std::string& text(std::string_view name) const { return value(name).text; }
    bool boolean(std::string_view name) const;
    std::uint64_t number(std::string_view name) const;
    std::uint64_t size(std::string_view name) const;
    std::chrono::milliseconds duration(std::string_view name) const;
    http::AddressRanges ranges(std::string_view name) const;

    // Overrides; `value` must be faultless.
    void set(std::string_view name, Value value);
    // For tests: as a flag. Throws Error{invalid_argument} "--name: what is wrong".
    void set(std::string_view name, std::string_view text);

    // In the order of the table.
    std::vector<SettingView> views() const;

    // Keys of settings, in the order of the table.
    struct Change {
        std::vector<std::string> taken;
        std::vector<std::string> need_restart; // another value than here, which stays
    };
    // Takes over what differs in `next` and may change while a server runs.
    Change take_reloadable(const Settings& next);

private:
    std::vector<Value> values_; // beside the table's rows
};

} // namespace cang::settings
