#include "image/diff.hpp"

#include "image/copy_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace cang::image {

namespace {

using Fields = std::map<std::string, std::string>;

// ["a", "b c"], as a Dockerfile's exec form
std::string to_text(const std::vector<std::string>& arguments) {
    return fmt::format("[{}]", fmt::join(arguments, ", "));
}

void add(Fields& fields, std::string name, const std::string& value) {
    if (!value.empty())
        fields.emplace(std::move(name), value);
}

void add(Fields& fields, std::string name, const std::vector<std::string>& values) {
    if (!values.empty())
        fields.emplace(std::move(name), to_text(values));
}

Fields fields_of(const oci::ImageConfig& config) {
    Fields fields;
    add(fields, "platform", config.platform.to_string());
    add(fields, "created", config.created);
    add(fields, "author", config.author);
    add(fields, "entrypoint", config.entrypoint);
    add(fields, "command", config.command);
    add(fields, "working directory", config.working_directory);
    add(fields, "user", config.user);
    for (const auto& variable : config.env) {
        auto equals = variable.find('=');
        fields.emplace("env " + variable.substr(0, equals),
                       equals == std::string::npos ? "" : variable.substr(equals + 1));
    }
    for (const auto& port : config.exposed_ports)
        fields.emplace("port " + port, "exposed");
    for (const auto& volume : config.volumes)
        fields.emplace("volume " + volume, "declared");
    for (const auto& [key, value] : config.labels)
        fields.emplace("label " + key, value);
    return fields;
}

std::vector<FieldChange> changes(const Fields& before, const Fields& after) {
    std::map<std::string, FieldChange> changed;
    for (const auto& [name, value] : before)
        changed[name] = FieldChange{name, value, std::nullopt};
    for (const auto& [name, value] : after) {
        auto& change = changed[name];
        change.field = name;
        change.after = value;
    }
    std::vector<FieldChange> result;
    for (auto& [name, change] : changed)
        if (change.before != change.after)
            result.push_back(std::move(change));
    return result;
}

// What identifies the layers: diff IDs where the config has one for each, else the digests as stored.
std::vector<oci::Digest> identities(const ImageView& image, bool by_diff_id) {
    if (by_diff_id)
        return image.config.diff_ids;
    std::vector<oci::Digest> digests;
    for (const auto& layer : image.manifest.layers())
        digests.push_back(layer.digest);
    return digests;
}

bool has_diff_ids(const ImageView& image) { return image.config.diff_ids.size() == image.manifest.layers().size(); }

} // namespace

std::uint64_t stored_bytes(const oci::Manifest& image) {
    std::set<oci::Digest> seen;
    std::uint64_t bytes = 0;
    for (const auto& blob : image.blobs())
        if (seen.insert(blob.digest).second)
            bytes = oci::add_sizes(bytes, blob.size);
    return bytes;
}

ImageDiff diff(const ImageView& before, const ImageView& after) {
    ImageDiff result;
    result.fields = changes(fields_of(before.config), fields_of(after.config));
    bool by_diff_id = has_diff_ids(before) && has_diff_ids(after);
    auto old_layers = identities(before, by_diff_id);
    auto new_layers = identities(after, by_diff_id);
    std::multiset<oci::Digest> unmatched(old_layers.begin(), old_layers.end());
    for (std::size_t i = 0; i < new_layers.size(); ++i) {
        auto match = unmatched.find(new_layers[i]);
        (match == unmatched.end() ? result.added : result.shared).push_back(after.manifest.layers()[i]);
        if (match != unmatched.end())
            unmatched.erase(match);
    }
    // Of a layer that occurs several times, the last occurrences are the ones that are gone.
    for (std::size_t i = old_layers.size(); i-- > 0;)
        if (auto match = unmatched.find(old_layers[i]); match != unmatched.end()) {
            result.removed.insert(result.removed.begin(), before.manifest.layers()[i]);
            unmatched.erase(match);
        }
    result.size_difference = static_cast<std::int64_t>(stored_bytes(after.manifest)) -
                             static_cast<std::int64_t>(stored_bytes(before.manifest));
    return result;
}

awaitable<ImageView> load_image(Source& source, oci::Reference reference, std::optional<oci::Platform> platform) {
    auto name = reference.to_string();
    auto found = co_await source.find(reference);
    if (!found) {
        auto error = Error(ErrorKind::not_found, fmt::format("{} does not exist", name));
        throw error.with_code("MANIFEST_UNKNOWN");
    }
    ImageView view;
    view.manifest = co_await source.get_manifest(*found);
    for (std::size_t depth = 0; view.manifest.is_index(); ++depth) {
        auto wanted = platform ? *platform : choose_platform(view.manifest, oci::Platform::host(), name);
        auto child = oci::select_platform(view.manifest, wanted);
        if (!child || depth >= GraphLimits::depth)
            throw Error(ErrorKind::not_found, fmt::format("{} is not built for {}, only for {}", name,
                                                          wanted.to_string(), to_text(platforms_of(view.manifest))));
        view.manifest = co_await source.get_manifest(*child);
    }
    const auto& config = *view.manifest.config();
    if (!oci::is_config(config.media_type))
        throw Error(ErrorKind::unsupported,
                    fmt::format("{} is an artifact ({}), not an image", name, view.manifest.artifact_type()));
    auto reader = co_await source.open_blob(config);
    auto bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    if (oci::Digest::of(bytes, config.digest.algorithm()) != config.digest)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the bytes of blob {} are not what the digest says", config.digest.to_string()));
    auto parsed = oci::ImageConfig::parse(bytes);
    if (!parsed)
        throw Error(ErrorKind::corrupt, fmt::format("the config of {} is invalid: {}", name, parsed.error().reason));
    view.config = std::move(*parsed);
    co_return view;
}

} // namespace cang::image
