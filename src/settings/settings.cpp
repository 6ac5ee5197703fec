#include "settings/settings.hpp"

#include "settings/byte_size.hpp"
#include "settings/duration.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::settings {

namespace {

std::size_t row_of(std::string_view name) {
    const auto* setting = find_by_name(name);
    if (setting == nullptr)
        throw Error(ErrorKind::internal, fmt::format("there is no setting \"{}\"", name));
    return static_cast<std::size_t>(setting - table().data());
}

} // namespace

std::string_view to_string(Source source) {
    switch (source) {
    case Source::default_value: return "default";
    case Source::file: return "file";
    case Source::environment: return "environment";
    case Source::flag: return "flag";
    }
    return "default";
}

Settings::Settings() {
    for (const auto& setting : table())
        values_.push_back({std::string(setting.default_text), Source::default_value, key_of(setting)});
}

const Value& Settings::value(std::string_view name) const { return values_[row_of(name)]; }

bool Settings::boolean(std::string_view name) const { return parse_boolean(text(name)).value_or(false); }

std::uint64_t Settings::number(std::string_view name) const {
    const auto& digits = text(name);
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::uint64_t Settings::size(std::string_view name) const { return parse_size(text(name)).value_or(0); }

std::chrono::milliseconds Settings::duration(std::string_view name) const {
    return parse_duration(text(name)).value_or(std::chrono::milliseconds(0));
}

http::AddressRanges Settings::ranges(std::string_view name) const {
    return http::AddressRanges::parse(text(name)).value_or(http::AddressRanges());
}

void Settings::set(std::string_view name, Value value) { values_[row_of(name)] = std::move(value); }

void Settings::set(std::string_view name, std::string_view text) {
    const auto& setting = table()[row_of(name)];
    if (auto fault = find_fault(setting, text))
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", flag_of(setting), *fault));
    set(name, Value{std::string(text), Source::flag, flag_of(setting)});
}

std::vector<SettingView> Settings::views() const {
    std::vector<SettingView> views;
    for (std::size_t row = 0; row < values_.size(); ++row) {
        const auto& setting = table()[row];
        const auto& value = values_[row];
        bool hidden = setting.secret && !value.text.empty();
        views.push_back({.key = key_of(setting),
                         .value = hidden ? "(secret)" : value.text,
                         .source = std::string(to_string(value.source)),
                         .reloadable = setting.reloadable,
                         .description = std::string(setting.help)});
    }
    return views;
}

Settings::Change Settings::take_reloadable(const Settings& next) {
    Change change;
    for (std::size_t row = 0; row < values_.size(); ++row) {
        const auto& setting = table()[row];
        bool same = values_[row].text == next.values_[row].text;
        if (same || setting.reloadable)
            values_[row] = next.values_[row]; // the same value may have another source now
        if (!same)
            (setting.reloadable ? change.taken : change.need_restart).push_back(key_of(setting));
    }
    return change;
}

} // namespace cang::settings
