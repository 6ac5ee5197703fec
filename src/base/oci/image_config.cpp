#include "base/oci/image_config.hpp"

#include "base/oci/json_document.hpp"
#include "base/oci/manifest.hpp"

#include <fmt/format.h>

namespace cang::oci {

namespace json = boost::json;

namespace {

constexpr std::size_t kHistoryEntries = 10'000; // as many as layers

// Docker accepts one string where the specification wants an array of arguments.
std::vector<std::string> read_arguments(const JsonScope& scope, std::string_view key) {
    const json::value* value = scope.find(key);
    if (value != nullptr && value->is_string())
        return {scope.text(key)};
    return scope.texts(key);
}

// Healthchecks are Docker's extension and only shown: a number that makes no sense counts as not given.
std::uint64_t read_setting(const JsonScope& scope, std::string_view key) {
    const json::value* value = scope.find(key);
    if (value == nullptr || !value->is_int64())
        return 0;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, value->get_int64()));
}

Healthcheck read_healthcheck(const JsonScope& scope) {
    auto duration = [&scope](std::string_view key) { return std::chrono::nanoseconds(read_setting(scope, key)); };
    return {.test = read_arguments(scope, "Test"),
            .interval = duration("Interval"),
            .timeout = duration("Timeout"),
            .start_period = duration("StartPeriod"),
            .retries = read_setting(scope, "Retries")};
}

void read_run_settings(const JsonScope& scope, ImageConfig& config) {
    config.env = scope.texts("Env");
    config.entrypoint = read_arguments(scope, "Entrypoint");
    config.command = read_arguments(scope, "Cmd");
    config.exposed_ports = scope.keys("ExposedPorts");
    config.volumes = scope.keys("Volumes");
    config.working_directory = scope.text("WorkingDir");
    config.user = scope.text("User");
    config.labels = scope.text_map("Labels");
    config.stop_signal = scope.text("StopSignal");
    scope.with_object("Healthcheck", [&](const JsonScope& check) { config.healthcheck = read_healthcheck(check); });
}

void read_diff_ids(const JsonScope& rootfs, ImageConfig& config) {
    rootfs.for_each_element("diff_ids", ManifestLimits::descriptors, [&](const json::value& value, std::string path) {
        if (!value.is_string())
            return rootfs.problem().note(path + " is not a string");
        auto digest = Digest::parse({value.get_string().data(), value.get_string().size()});
        if (digest)
            config.diff_ids.push_back(*digest);
        else
            rootfs.problem().note(fmt::format("{} is wrong: {}", path, digest.error().reason));
    });
}

void read_history(const JsonScope& root, ImageConfig& config) {
    root.for_each_element("history", kHistoryEntries, [&](const json::value& value, std::string path) {
        if (!value.is_object())
            return root.problem().note(path + " is not an object");
        JsonScope scope(value.get_object(), std::move(path), root.problem());
        HistoryEntry entry;
        entry.created = scope.text("created");
        entry.created_by = scope.text("created_by");
        entry.comment = scope.text("comment");
        entry.empty_layer = scope.flag("empty_layer");
        config.history.push_back(std::move(entry));
    });
}

} // namespace

std::expected<ImageConfig, ParseError> ImageConfig::parse(std::string_view bytes) {
    if (bytes.size() > max_bytes)
        return std::unexpected(ParseError{fmt::format("an image config has at most {} bytes", max_bytes), 0});
    auto document = parse_json_object(bytes, ManifestLimits::depth);
    if (!document)
        return std::unexpected(document.error());
    Problem problem;
    JsonScope root(*document, "", problem);
    ImageConfig config;
    config.platform.os = root.text("os");
    config.platform.architecture = root.text("architecture");
    config.platform.variant = root.text("variant");
    config.platform.os_version = root.text("os.version");
    config.platform.os_features = root.texts("os.features");
    config.created = root.text("created");
    config.author = root.text("author");
    if (root.find("rootfs") == nullptr)
        root.note("rootfs", "is missing");
    root.with_object("rootfs", [&](const JsonScope& rootfs) { read_diff_ids(rootfs, config); });
    read_history(root, config);
    root.with_object("config", [&](const JsonScope& scope) { read_run_settings(scope, config); });
    if (problem.found())
        return std::unexpected(problem.to_error());
    return config;
}

std::vector<const HistoryEntry*> history_of_layers(const std::vector<HistoryEntry>& history, std::size_t layers) {
    std::vector<const HistoryEntry*> makers;
    for (const auto& entry : history)
        if (!entry.empty_layer)
            makers.push_back(&entry);
    if (makers.size() != layers)
        makers.assign(layers, nullptr);
    return makers;
}

std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids) {
    std::vector<Digest> chain;
    chain.reserve(diff_ids.size());
    for (const auto& diff_id : diff_ids) {
        if (chain.empty())
            chain.push_back(diff_id);
        else
            chain.push_back(Digest::of(fmt::format("{} {}", chain.back().to_string(), diff_id.to_string())));
    }
    return chain;
}

} // namespace cang::oci
