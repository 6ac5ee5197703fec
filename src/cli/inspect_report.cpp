#include "cli/inspect_report.hpp"

#include "cli/printable.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cang::cli {

namespace {

std::string row(std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : fmt::format("{:<12}{}\n", fmt::format("{}:", name), printable(value));
}

std::string quoted(const std::vector<std::string>& words) {
    return words.empty() ? std::string() : boost::json::serialize(boost::json::value_from(words));
}

std::uint64_t total_bytes(const std::vector<oci::Descriptor>& descriptors) {
    std::uint64_t bytes = 0;
    for (const auto& descriptor : descriptors)
        bytes += descriptor.size;
    return bytes;
}

std::string descriptor_line(const oci::Descriptor& descriptor, std::string_view label) {
    return fmt::format("  {} {:>9}  {}\n", descriptor.digest.to_string(), human_bytes(descriptor.size),
                       printable(label));
}

std::string config_text(const oci::ImageConfig& config) {
    std::string text = row("Platform", config.platform.to_string()) + row("Created", config.created) +
                       row("Author", config.author) + row("User", config.user) +
                       row("Directory", config.working_directory) + row("Entrypoint", quoted(config.entrypoint)) +
                       row("Command", quoted(config.command)) +
                       row("Ports", fmt::format("{}", fmt::join(config.exposed_ports, ", "))) +
                       row("Volumes", fmt::format("{}", fmt::join(config.volumes, ", ")));
    if (!config.env.empty())
        text += "Environment:\n";
    for (const auto& variable : config.env)
        text += fmt::format("  {}\n", printable(variable));
    if (!config.labels.empty())
        text += "Labels:\n";
    for (const auto& [name, value] : config.labels)
        text += fmt::format("  {}={}\n", printable(name), printable(value));
    return text;
}

boost::json::object config_json(const oci::ImageConfig& config) {
    return {{"platform", config.platform.to_string()},
            {"created", config.created},
            {"author", config.author},
            {"user", config.user},
            {"workingDirectory", config.working_directory},
            {"entrypoint", boost::json::value_from(config.entrypoint)},
            {"command", boost::json::value_from(config.command)},
            {"environment", boost::json::value_from(config.env)},
            {"exposedPorts", boost::json::value_from(config.exposed_ports)},
            {"volumes", boost::json::value_from(config.volumes)},
            {"labels", boost::json::value_from(config.labels)}};
}

boost::json::array descriptors_json(const std::vector<oci::Descriptor>& descriptors) {
    boost::json::array array;
    for (const auto& descriptor : descriptors)
        array.push_back(oci::to_json(descriptor));
    return array;
}

awaitable<std::optional<oci::Descriptor>> search(image::Source& source, oci::Manifest index, oci::Platform wanted,
                                                 int depth) {
    auto found = oci::select_platform(index, wanted);
    if (found || depth == 0)
        co_return found;
    for (const auto& child : index.manifests()) {
        if (!oci::is_index(child.media_type))
            continue;
        auto nested = co_await source.get_manifest(child);
        auto inside = co_await search(source, std::move(nested), wanted, depth - 1);
        if (inside)
            co_return inside;
    }
    co_return std::nullopt;
}

} // namespace

awaitable<oci::Manifest> get_chosen_manifest(image::Source& source, oci::Reference reference, std::string name,
                                             std::optional<oci::Platform> platform) {
    constexpr int nested_indexes = 4;
    auto found = co_await source.find(reference);
    if (!found)
        throw Error(ErrorKind::not_found, fmt::format("{} does not exist", name));
    auto manifest = co_await source.get_manifest(*found);
    if (!platform || !manifest.is_index())
        co_return manifest;
    auto chosen = co_await search(source, manifest, *platform, nested_indexes);
    if (!chosen)
        throw Error(ErrorKind::not_found, fmt::format("{} has no image for {}", name, platform->to_string()));
    co_return co_await source.get_manifest(*chosen);
}

awaitable<std::string> get_config_bytes(image::Source& source, oci::Manifest manifest) {
    if (!manifest.config())
        throw Error(ErrorKind::unsupported, "an image index has no config\nchoose an image of it with --platform");
    const auto& descriptor = *manifest.config();
    auto reader = co_await source.open_blob(descriptor);
    auto bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    if (oci::Digest::of(std::string_view(bytes), descriptor.digest.algorithm()) != descriptor.digest)
        throw Error(ErrorKind::corrupt, fmt::format("the config is not {}", descriptor.digest.to_string()));
    co_return bytes;
}

std::string to_text(const Inspection& inspection) {
    const auto& manifest = inspection.manifest;
    auto text = row("Name", inspection.name.to_string()) + row("Digest", manifest.digest().to_string()) +
                row("Type", manifest.media_type());
    if (!manifest.is_index() && manifest.config() && !oci::is_config(manifest.config()->media_type))
        text += row("Artifact", manifest.artifact_type());
    if (manifest.subject())
        text += row("Subject", manifest.subject()->digest.to_string());
    if (inspection.config)
        text += config_text(*inspection.config);
    if (!manifest.annotations().empty())
        text += "Annotations:\n";
    for (const auto& [name, value] : manifest.annotations())
        text += fmt::format("  {}={}\n", printable(name), printable(value));
    if (manifest.is_index()) {
        text += fmt::format("Images:     {}\n", manifest.manifests().size());
        for (const auto& child : manifest.manifests())
            text += descriptor_line(child, child.platform ? child.platform->to_string() : child.artifact_type);
        return text;
    }
    text += fmt::format("Layers:     {}, {}\n", manifest.layers().size(), human_bytes(total_bytes(manifest.layers())));
    for (const auto& layer : manifest.layers())
        text += descriptor_line(layer, layer.media_type);
    return text;
}

boost::json::object to_json(const Inspection& inspection) {
    const auto& manifest = inspection.manifest;
    boost::json::object document{{"name", inspection.name.to_string()},
                                 {"digest", manifest.digest().to_string()},
                                 {"mediaType", manifest.media_type()},
                                 {"annotations", boost::json::value_from(manifest.annotations())}};
    if (manifest.subject())
        document["subject"] = oci::to_json(*manifest.subject());
    if (manifest.is_index()) {
        document["manifests"] = descriptors_json(manifest.manifests());
        return document;
    }
    document["artifactType"] = manifest.artifact_type();
    document["layers"] = descriptors_json(manifest.layers());
    document["layerBytes"] = total_bytes(manifest.layers());
    if (inspection.config)
        document["config"] = config_json(*inspection.config);
    return document;
}

} // namespace cang::cli
