#include "settings/config_file.hpp"

#include "settings/bounded_yaml.hpp"
#include "settings/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <yaml-cpp/yaml.h>

namespace cang::settings {

namespace {

constexpr YamlLimits kLimits{.bytes = kMaxConfigBytes, .nodes = 2'000, .depth = 4, .aliases = 16};
constexpr std::size_t kMaxProblems = 50;
// More of an unknown word says nothing.
constexpr std::size_t kShownBytes = 64;

std::string shown(std::string_view word) {
    std::string text;
    for (unsigned char c : word.substr(0, kShownBytes))
        text += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
    return text;
}

std::string_view kind_name(const YAML::Node& node) {
    return node.IsMap() ? "a mapping" : node.IsSequence() ? "a list" : node.IsScalar() ? "a single value" : "nothing";
}

std::string_view wanted_name(Kind kind) {
    switch (kind) {
    case Kind::boolean: return "true or false";
    case Kind::number: return "a number";
    case Kind::duration: return "a duration such as 90s";
    case Kind::size: return "a size such as 64KiB";
    case Kind::list: return "a list of texts";
    case Kind::text:
    case Kind::choice: break;
    }
    return "a text";
}

std::string did_you_mean(std::string_view word) {
    return word.empty() ? std::string() : fmt::format("; did you mean {}?", word);
}

class Reader {
public:
    explicit Reader(std::string_view name) : name_(name) {}

    FileReading take() && { return std::move(reading_); }
    void read_root(const YAML::Node& root);
    void add_problem(std::size_t line, std::size_t column, std::string_view reason) {
        if (reading_.problems.size() < kMaxProblems)
            reading_.problems.push_back(line == 0 ? fmt::format("{}: {}", name_, reason)
                                                  : fmt::format("{}:{}:{}: {}", name_, line, column, reason));
    }

private:
    std::string where(const YAML::Node& node) const {
        auto mark = node.Mark();
        return fmt::format("{}:{}:{}", name_, mark.line + 1, mark.column + 1);
    }
    void refuse(const YAML::Node& node, const std::string& reason) {
        auto mark = node.Mark();
        add_problem(static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1, reason);
    }
    void read_section(const YAML::Node& key, const YAML::Node& section);
    void read_setting(const Setting& setting, const YAML::Node& key, const YAML::Node& node);
    std::optional<std::string> read_text(const Setting& setting, const YAML::Node& node);
    void refuse_section(const YAML::Node& key);
    void refuse_key(std::string_view section, const YAML::Node& key);
    bool is_new(const std::string& path, const YAML::Node& key);

    std::string_view name_;
    FileReading reading_;
    std::map<std::string, int> lines_; // where each section and setting was first given
};

void Reader::read_root(const YAML::Node& root) {
    if (root.IsNull() || !root.IsDefined())
        return;
    if (!root.IsMap())
        return refuse(root, fmt::format("the file is {}, not a mapping of sections", kind_name(root)));
    for (const auto& entry : root) {
        auto known = entry.first.IsScalar() &&
                     std::ranges::find(sections(), entry.first.Scalar(), &Section::name) != sections().end();
        if (!known)
            refuse_section(entry.first);
        else if (is_new(entry.first.Scalar(), entry.first))
            read_section(entry.first, entry.second);
    }
}

bool Reader::is_new(const std::string& path, const YAML::Node& key) {
    auto [first, added] = lines_.emplace(path, key.Mark().line + 1);
    if (!added)
        refuse(key, fmt::format("{} is given twice, first in line {}", path, first->second));
    return added;
}

void Reader::refuse_section(const YAML::Node& key) {
    auto word = key.IsScalar() ? key.Scalar() : std::string();
    if (const auto* setting = find_by_name(word))
        return refuse(key, fmt::format("{} belongs into the section {}", word, setting->section));
    std::vector<std::string_view> known;
    for (const auto& section : sections())
        known.push_back(section.name);
    refuse(key, fmt::format("unknown section \"{}\"{}", shown(word), did_you_mean(nearest(word, known))));
}

void Reader::refuse_key(std::string_view section, const YAML::Node& key) {
    auto word = key.IsScalar() ? key.Scalar() : std::string();
    if (const auto* setting = find_by_name(word))
        return refuse(key, fmt::format("{} belongs into the section {}, not {}", word, setting->section, section));
    std::vector<std::string_view> here;
    std::vector<std::string_view> anywhere;
    for (const auto& setting : table()) {
        anywhere.push_back(setting.name);
        if (setting.section == section)
            here.push_back(setting.name);
    }
    std::string guess(nearest(word, here));
    if (guess.empty())
        if (const auto* other = find_by_name(nearest(word, anywhere)))
            guess = key_of(*other);
    refuse(key, fmt::format("unknown key \"{}\" in {}{}", shown(word), section, did_you_mean(guess)));
}

void Reader::read_section(const YAML::Node& key, const YAML::Node& section) {
    auto name = key.Scalar();
    if (section.IsNull())
        return;
    if (!section.IsMap())
        return refuse(section, fmt::format("{} is {}, not a mapping of settings", name, kind_name(section)));
    for (const auto& entry : section) {
        const auto* setting = entry.first.IsScalar() ? find_by_name(entry.first.Scalar()) : nullptr;
        if (setting == nullptr || setting->section != name)
            refuse_key(name, entry.first);
        else if (is_new(key_of(*setting), entry.first))
            read_setting(*setting, entry.first, entry.second);
    }
}

// Quoted, a value is a text to YAML: "true" is not true.
bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

std::optional<std::string> Reader::read_text(const Setting& setting, const YAML::Node& node) {
    bool plain_only = setting.kind == Kind::boolean || setting.kind == Kind::number;
    bool fits = node.IsScalar() && !(plain_only && is_quoted(node));
    if (setting.kind == Kind::boolean)
        fits = fits && (node.Scalar() == "true" || node.Scalar() == "false");
    if (fits)
        return node.Scalar();
    bool list = setting.kind == Kind::list && node.IsSequence() &&
                std::ranges::all_of(node, [](const YAML::Node& each) { return each.IsScalar(); });
    if (!list) {
        auto given = plain_only && node.IsScalar() ? "a text" : kind_name(node);
        refuse(node, fmt::format("{} is {}, not {}", key_of(setting), given, wanted_name(setting.kind)));
        return std::nullopt;
    }
    std::string text;
    for (const auto& each : node)
        text += (text.empty() ? "" : ",") + each.Scalar();
    return text;
}

void Reader::read_setting(const Setting& setting, const YAML::Node& key, const YAML::Node& node) {
    if (node.IsNull()) // which is nowhere
        return refuse(key, fmt::format("{} has no value", key_of(setting)));
    auto text = read_text(setting, node);
    if (!text)
        return;
    if (auto fault = find_fault(setting, *text))
        return refuse(node, fmt::format("{}: {}", key_of(setting), *fault));
    auto origin = fmt::format("{}: {}", where(node), key_of(setting));
    reading_.entries.push_back({&setting, Value{std::move(*text), Source::file, std::move(origin)}});
}

} // namespace

FileReading read_config_file(std::string_view text, std::string_view name) {
    Reader reader(name);
    auto root = parse_bounded_yaml(text, kLimits);
    if (!root)
        reader.add_problem(root.error().line, root.error().column, root.error().reason);
    else
        reader.read_root(*root);
    return std::move(reader).take();
}

} // namespace cang::settings
