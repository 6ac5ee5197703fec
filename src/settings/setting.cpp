#include "settings/setting.hpp"

#include "settings/byte_size.hpp"
#include "settings/duration.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::settings {

namespace {

// A path or a URL is shorter; a long list of ranges too.
constexpr std::size_t kMaxValueBytes = 16 * 1024;

// "none, pull or push".
std::string or_list(const std::vector<std::string_view>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
    return text;
}

std::optional<std::string> number_fault(const Setting& setting, std::string_view text) {
    std::uint64_t number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool read = failure == std::errc{} && end == text.data() + text.size();
    if (!read || number < setting.lowest || number > setting.highest)
        return fmt::format("must be a number from {} to {}", setting.lowest, setting.highest);
    return std::nullopt;
}

std::optional<std::string> duration_fault(const Setting& setting, std::string_view text) {
    auto duration = parse_duration(text);
    if (!duration)
        return duration.error().to_string();
    if (static_cast<std::uint64_t>(duration->count()) < setting.lowest)
        return fmt::format("must be at least {}ms", setting.lowest);
    return std::nullopt;
}

std::optional<std::string> size_fault(const Setting& setting, std::string_view text) {
    auto size = parse_size(text);
    if (!size)
        return size.error().to_string();
    if (*size < setting.lowest || *size > setting.highest)
        return fmt::format("must be from {} to {} bytes", setting.lowest, setting.highest);
    return std::nullopt;
}

std::optional<std::string> kind_fault(const Setting& setting, std::string_view text) {
    switch (setting.kind) {
    case Kind::choice: {
        auto choices = choices_of(setting);
        if (std::ranges::find(choices, text) == choices.end())
            return "must be " + or_list(choices);
        return std::nullopt;
    }
    case Kind::boolean: return parse_boolean(text) ? std::nullopt : std::optional<std::string>("must be true or false");
    case Kind::number: return number_fault(setting, text);
    case Kind::duration: return duration_fault(setting, text);
    case Kind::size: return size_fault(setting, text);
    case Kind::text:
    case Kind::list: break;
    }
    return std::nullopt;
}

} // namespace

std::string key_of(const Setting& setting) { return fmt::format("{}.{}", setting.section, setting.name); }

std::string flag_of(const Setting& setting) { return fmt::format("--{}", setting.name); }

std::string variable_of(const Setting& setting) {
    std::string name = "CANG_";
    for (char c : setting.name)
        name.push_back(c == '-' ? '_' : static_cast<char>(c - 'a' + 'A'));
    return name;
}

std::vector<std::string_view> choices_of(const Setting& setting) {
    std::vector<std::string_view> choices;
    for (auto rest = setting.choices; !rest.empty();) {
        auto bar = std::min(rest.find('|'), rest.size());
        choices.push_back(rest.substr(0, bar));
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return choices;
}

std::string help_of(const Setting& setting) {
    if (setting.default_text.empty() || setting.kind == Kind::boolean)
        return std::string(setting.help);
    return fmt::format("{} Default {}.", setting.help, setting.default_text);
}

const Setting* find_by_name(std::string_view name) {
    auto found = std::ranges::find(table(), name, &Setting::name);
    return found == table().end() ? nullptr : &*found;
}

const Setting* find_by_key(std::string_view key) {
    auto found = std::ranges::find(table(), key, key_of);
    return found == table().end() ? nullptr : &*found;
}

std::optional<std::string> find_fault(const Setting& setting, std::string_view text) {
    if (text.empty())
        return setting.default_text.empty() ? std::nullopt : std::optional<std::string>("must not be empty");
    if (text.size() > kMaxValueBytes)
        return fmt::format("is longer than {} bytes", kMaxValueBytes);
    if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        return "must not hold a control character";
    if (auto fault = kind_fault(setting, text))
        return fault;
    return setting.check != nullptr ? setting.check(text) : std::nullopt;
}

std::optional<bool> parse_boolean(std::string_view text) {
    for (std::string_view word : {"true", "1", "yes", "on"})
        if (text == word)
            return true;
    for (std::string_view word : {"false", "0", "no", "off"})
        if (text == word)
            return false;
    return std::nullopt;
}

} // namespace cang::settings
