#include "transfer/sync_config.hpp"

#include "settings/bounded_yaml.hpp"

#include <fmt/format.h>
#include <initializer_list>
#include <yaml-cpp/yaml.h>

namespace cang::transfer {

namespace {

constexpr std::string_view kRegistryPrefix = "docker://";

// Unwinds to parse_sync_config(), which makes a ParseError of it.
struct Rejected {
    std::string path;
    std::string reason;
    std::size_t position = 0;
};

[[noreturn]] void reject(const YAML::Node& node, const std::string& path, std::string reason) {
    auto mark = node.IsDefined() ? node.Mark() : YAML::Mark::null_mark();
    throw Rejected{path, std::move(reason), mark.is_null() ? 0 : static_cast<std::size_t>(mark.pos)};
}

void check_keys(const YAML::Node& node, const std::string& path, std::initializer_list<std::string_view> known) {
    if (!node.IsMap())
        reject(node, path, "is not a mapping");
    for (const auto& entry : node) {
        auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
        if (std::ranges::find(known, key) == known.end())
            reject(entry.first, path, fmt::format("has the unknown key \"{}\"", key));
    }
}

std::string read_text(const YAML::Node& map, const std::string& path, const char* key) {
    auto node = map[key];
    if (!node)
        return {};
    if (!node.IsScalar())
        reject(node, path + "." + key, "is not a text");
    return node.Scalar();
}

std::optional<bool> read_bool(const YAML::Node& map, const std::string& path, const char* key) {
    auto node = map[key];
    if (!node)
        return std::nullopt;
    bool value = false;
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
        reject(node, path + "." + key, "is not true or false");
    return value;
}

Pattern read_pattern(const YAML::Node& node, const std::string& path) {
    std::expected<Pattern, ParseError> pattern = std::unexpected(ParseError{"is not a pattern", 0});
    if (node.IsScalar()) {
        pattern = Pattern::glob(node.Scalar());
    } else if (node.IsMap() && node.size() == 1 && node.begin()->second.IsScalar()) {
        auto kind = node.begin()->first.Scalar();
        auto text = node.begin()->second.Scalar();
        if (kind == "glob")
            pattern = Pattern::glob(text);
        else if (kind == "regex")
            pattern = Pattern::regex(text);
        else if (kind == "semver")
            pattern = Pattern::semver(text);
        else
            reject(node, path, fmt::format("has the unknown pattern kind \"{}\"; glob, regex and semver exist", kind));
    }
    if (!pattern)
        reject(node, path, pattern.error().reason);
    return *pattern;
}

std::vector<Pattern> read_patterns(const YAML::Node& map, const std::string& path, const char* key) {
    std::vector<Pattern> patterns;
    auto node = map[key];
    if (!node)
        return patterns;
    auto here = path + "." + key;
    if (!node.IsSequence())
        reject(node, here, "is not a list");
    for (std::size_t i = 0; i < node.size(); ++i)
        patterns.push_back(read_pattern(node[i], fmt::format("{}[{}]", here, i)));
    return patterns;
}

std::vector<oci::Platform> read_platforms(const YAML::Node& map, const std::string& path) {
    std::vector<oci::Platform> platforms;
    auto node = map["platforms"];
    if (!node)
        return platforms;
    if (!node.IsSequence())
        reject(node, path + ".platforms", "is not a list");
    for (const auto& entry : node) {
        auto platform = oci::Platform::parse(entry.IsScalar() ? entry.Scalar() : std::string());
        if (!platform)
            reject(entry, path + ".platforms", platform.error().reason);
        platforms.push_back(*platform);
    }
    return platforms;
}

void read_source(SyncRule& rule, const YAML::Node& node, const std::string& path) {
    auto text = read_text(node, path, "source");
    if (text.empty())
        reject(node, path, "has no source");
    bool registry = text.starts_with(kRegistryPrefix);
    auto rest = registry ? text.substr(kRegistryPrefix.size()) : text;
    if (registry && rest.find('/') == std::string::npos) {
        rule.source_registry = rest;
        // The grammar knows no registry alone: check it with a repository behind it.
        if (!oci::Reference::parse_docker(rest + "/x"))
            reject(node["source"], path + ".source", "is not a registry");
        if (rule.repositories.allow.empty())
            reject(node, path, "names a whole registry; choose with repositories");
        return;
    }
    auto name = image::parse_place_name(text);
    if (!name || (name->kind != image::PlaceKind::registry && name->kind != image::PlaceKind::warehouse))
        reject(node["source"], path + ".source", "is not docker://HOST, docker://HOST/REPOSITORY or REPOSITORY");
    auto last = text.substr(text.rfind('/') + 1);
    if (last.find_first_of(":@") != std::string::npos)
        reject(node["source"], path + ".source", "has a tag; choose tags with tags");
    if (!rule.repositories.allow.empty())
        reject(node, path, "has a repository in source and repositories; only one can be");
    rule.source_registry = registry ? name->reference->registry : "";
    rule.source_repository = name->reference->repository;
}

void read_target(SyncRule& rule, const YAML::Node& node, const std::string& path) {
    auto prefix = read_text(node, path, "target");
    auto whole = read_text(node, path, "as");
    if (prefix.empty() == whole.empty())
        reject(node, path, "needs one of target (a prefix) and as (a repository)");
    rule.target_exact = prefix.empty();
    if (rule.target_exact && rule.source_repository.empty())
        reject(node["as"], path + ".as", "fits one repository only; use target");
    auto text = rule.target_exact ? whole : prefix;
    auto key = path + (rule.target_exact ? ".as" : ".target");
    if (text.starts_with(kRegistryPrefix)) {
        rule.target_kind = image::PlaceKind::registry;
        text = text.substr(kRegistryPrefix.size());
        auto slash = text.find('/');
        rule.target_registry = text.substr(0, slash);
        text = slash == std::string::npos ? "" : text.substr(slash + 1);
        if (!oci::Reference::parse_docker(rule.target_registry + "/x"))
            reject(node, key, "is not a registry");
    } else if (text == "/") {
        text.clear();
    }
    while (text.ends_with('/'))
        text.pop_back();
    if ((rule.target_exact || !text.empty()) && !oci::is_valid_repository(text))
        reject(node, key, "is not a repository name");
    rule.target_repository = text;
}

SyncRule read_rule(const YAML::Node& node, const std::string& path) {
    check_keys(node, path,
               {"source", "target", "as", "repositories", "exclude-repositories", "tags", "exclude-tags", "newest",
                "platforms", "referrers"});
    SyncRule rule;
    rule.repositories = {read_patterns(node, path, "repositories"), read_patterns(node, path, "exclude-repositories")};
    rule.tags = {read_patterns(node, path, "tags"), read_patterns(node, path, "exclude-tags")};
    rule.platforms = read_platforms(node, path);
    rule.referrers = read_bool(node, path, "referrers").value_or(false);
    if (auto newest = node["newest"]) {
        unsigned count = 0;
        if (!newest.IsScalar() || !YAML::convert<unsigned>::decode(newest, count) || count == 0)
            reject(newest, path + ".newest", "is not a positive number");
        rule.newest = count;
    }
    read_source(rule, node, path);
    read_target(rule, node, path);
    return rule;
}

SyncRegistry read_registry(const YAML::Node& node, const std::string& path) {
    check_keys(node, path, {"tls-verify", "ca-file", "user", "password-file"});
    SyncRegistry registry;
    registry.tls_verify = read_bool(node, path, "tls-verify");
    registry.ca_file = read_text(node, path, "ca-file");
    registry.user = read_text(node, path, "user");
    registry.password_file = read_text(node, path, "password-file");
    if (registry.user.empty() != registry.password_file.empty())
        reject(node, path, "needs user and password-file together");
    return registry;
}

SyncConfig read_config(const YAML::Node& root) {
    check_keys(root, "the file", {"registries", "sync"});
    SyncConfig config;
    if (auto registries = root["registries"]) {
        if (!registries.IsMap())
            reject(registries, "registries", "is not a mapping");
        for (const auto& entry : registries)
            config.registries[entry.first.Scalar()] = read_registry(entry.second, "registries." + entry.first.Scalar());
    }
    auto rules = root["sync"];
    if (!rules || !rules.IsSequence() || rules.size() == 0)
        reject(root, "sync", "is missing or not a list");
    for (std::size_t i = 0; i < rules.size(); ++i)
        config.rules.push_back(read_rule(rules[i], fmt::format("sync[{}]", i)));
    return config;
}

} // namespace

std::expected<SyncConfig, ParseError> parse_sync_config(std::string_view text) {
    auto root = settings::parse_bounded_yaml(text, {.bytes = SyncConfig::max_bytes,
                                                    .nodes = SyncConfig::max_nodes,
                                                    .depth = SyncConfig::max_depth,
                                                    .aliases = SyncConfig::max_aliases});
    if (!root) {
        const auto& error = root.error();
        auto reason = error.line == 0 ? error.reason : fmt::format("line {}: {}", error.line, error.reason);
        return std::unexpected(ParseError{std::move(reason), error.position});
    }
    try {
        return read_config(*root);
    } catch (const Rejected& rejected) {
        return std::unexpected(ParseError{rejected.path + " " + rejected.reason, rejected.position});
    } catch (const YAML::Exception& failure) {
        return std::unexpected(ParseError{failure.msg, 0});
    }
}

image::PlaceName sync_target(const SyncRule& rule, const std::string& repository, const std::string& tag) {
    oci::Reference reference;
    reference.registry = rule.target_registry;
    reference.repository = rule.target_repository;
    if (!rule.target_exact)
        reference.repository += (reference.repository.empty() ? "" : "/") + repository;
    reference.tag = tag;
    return image::PlaceName{rule.target_kind, {}, reference};
}

} // namespace cang::transfer
