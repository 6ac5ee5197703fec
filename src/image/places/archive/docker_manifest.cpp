#include "image/places/archive/docker_manifest.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::archive {

namespace json = boost::json;

namespace {

std::unexpected<ParseError> fail(std::string reason) { return std::unexpected(ParseError{std::move(reason), 0}); }

// Absent and null read as empty: `docker save` of an untagged image writes "RepoTags":null.
std::expected<std::vector<std::string>, ParseError> read_texts(const json::object& image, std::string_view key,
                                                               std::size_t limit, std::size_t position) {
    std::vector<std::string> texts;
    const auto* value = image.if_contains(key);
    if (value == nullptr || value->is_null())
        return texts;
    const auto* array = value->if_array();
    if (array == nullptr)
        return fail(fmt::format("[{}].{} is not an array", position, key));
    if (array->size() > limit)
        return fail(fmt::format("[{}].{} has more than {} elements", position, key, limit));
    for (const auto& item : *array) {
        const auto* text = item.if_string();
        if (text == nullptr)
            return fail(fmt::format("[{}].{} has an element that is not a string", position, key));
        texts.emplace_back(*text);
    }
    return texts;
}

std::expected<ArchiveImage, ParseError> read_image(const json::value& value, std::size_t position) {
    const auto* object = value.if_object();
    if (object == nullptr)
        return fail(fmt::format("[{}] is not an object", position));
    const auto* config = object->if_contains("Config");
    const auto* config_text = config != nullptr ? config->if_string() : nullptr;
    if (config_text == nullptr)
        return fail(fmt::format("[{}].Config is missing", position));
    auto tags = read_texts(*object, "RepoTags", ArchiveLimits::tags, position);
    if (!tags)
        return std::unexpected(tags.error());
    auto layers = read_texts(*object, "Layers", ArchiveLimits::layers, position);
    if (!layers)
        return std::unexpected(layers.error());
    ArchiveImage image;
    image.repo_tags = std::move(*tags);
    const auto config_path = clean_path(*config_text);
    if (!config_path)
        return fail(fmt::format("[{}].Config leaves the archive", position));
    image.config = *config_path;
    for (const auto& layer : *layers) {
        auto path = clean_path(layer);
        if (!path)
            return fail(fmt::format("[{}].Layers has a path that leaves the archive", position));
        image.layers.push_back(std::move(*path));
    }
    return image;
}

std::optional<oci::Reference> docker_name(std::string_view text) {
    auto parsed = oci::Reference::parse_docker(text);
    if (!parsed || parsed->digest)
        return std::nullopt;
    return parsed->with_tag(parsed->tag_or_digest());
}

std::string names_of(const std::vector<ArchiveImage>& images) {
    std::string names;
    for (const auto& image : images) {
        names += names.empty() ? "" : ", ";
        names += image.repo_tags.empty() ? image.config : image.repo_tags.front();
        if (names.size() > 512)
            return names + ", …";
    }
    return names;
}

} // namespace

std::expected<std::vector<ArchiveImage>, ParseError> parse_docker_manifest(std::string_view bytes) {
    if (bytes.size() > ArchiveLimits::manifest_bytes)
        return fail(fmt::format("larger than {} bytes", ArchiveLimits::manifest_bytes));
    boost::system::error_code failure;
    const auto document = json::parse(bytes, failure);
    if (failure)
        return fail("not JSON");
    const auto* array = document.if_array();
    if (array == nullptr)
        return fail("not an array");
    if (array->size() > ArchiveLimits::images)
        return fail(fmt::format("more than {} images", ArchiveLimits::images));
    std::vector<ArchiveImage> images;
    for (std::size_t i = 0; i < array->size(); ++i) {
        auto image = read_image((*array)[i], i);
        if (!image)
            return std::unexpected(image.error());
        images.push_back(std::move(*image));
    }
    return images;
}

std::string print_docker_manifest(const std::vector<ArchiveImage>& images) {
    json::array document;
    for (const auto& image : images) {
        json::object object;
        object["Config"] = image.config;
        object["RepoTags"] = json::array(image.repo_tags.begin(), image.repo_tags.end());
        object["Layers"] = json::array(image.layers.begin(), image.layers.end());
        document.push_back(std::move(object));
    }
    return json::serialize(document);
}

std::optional<std::string> clean_path(std::string_view path) {
    if (path.empty() || path.size() > ArchiveLimits::path_bytes || path.front() == '/' ||
        path.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part.empty() || part == ".")
            continue;
        if (part != "..") {
            parts.push_back(part);
            continue;
        }
        if (parts.empty())
            return std::nullopt;
        parts.pop_back();
    }
    if (parts.empty())
        return std::nullopt;
    return fmt::format("{}", fmt::join(parts, "/"));
}

const ArchiveImage* find_image(const std::vector<ArchiveImage>& images, const oci::Reference& reference) {
    if (reference.repository.empty()) {
        if (images.size() > 1)
            throw Error(ErrorKind::invalid_argument, fmt::format("the archive holds {} images, name one of them: {}",
                                                                 images.size(), names_of(images)));
        return images.empty() ? nullptr : &images.front();
    }
    auto wanted_text = reference.to_string();
    const auto wanted = docker_name(wanted_text);
    for (const auto& image : images)
        for (const auto& tag : image.repo_tags)
            if (tag == wanted_text || (wanted && docker_name(tag) == wanted))
                return &image;
    return nullptr;
}

std::string repo_tag(const oci::Reference& reference) {
    if (reference.repository.empty() || (!reference.tag && reference.digest))
        return {};
    auto named = reference.with_tag(reference.tag.value_or("latest"));
    // Docker shows its own registry's names short, and matches RepoTags as text when it loads.
    if (named.registry == "docker.io") {
        named.registry.clear();
        if (named.repository.starts_with("library/"))
            named.repository.erase(0, std::string_view("library/").size());
    }
    return named.to_string();
}

} // namespace cang::archive
