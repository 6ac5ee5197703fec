#include "image/places/layout/layout_index.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cang::layout {

namespace {

std::string_view annotation(const oci::Descriptor& entry, std::string_view key) {
    const auto found = entry.annotations.find(std::string(key));
    return found == entry.annotations.end() ? std::string_view() : std::string_view(found->second);
}

// "app", "app:latest" and "docker.io/library/app:latest" are one name to Docker.
std::optional<oci::Reference> docker_name(std::string_view text) {
    auto parsed = oci::Reference::parse_docker(text);
    if (!parsed)
        return std::nullopt;
    return parsed->with_tag(parsed->tag_or_digest());
}

using Matcher = bool (*)(const oci::Descriptor&, const oci::Reference&, const std::string& name);

bool same_name(const oci::Descriptor& entry, const oci::Reference&, const std::string& name) {
    return annotation(entry, kRefNameAnnotation) == name || annotation(entry, kImageNameAnnotation) == name;
}

bool same_docker_name(const oci::Descriptor& entry, const oci::Reference&, const std::string& name) {
    const auto wanted = docker_name(name);
    if (!wanted)
        return false;
    for (const auto key : {kRefNameAnnotation, kImageNameAnnotation}) {
        const auto text = annotation(entry, key);
        if (!text.empty() && docker_name(text) == wanted)
            return true;
    }
    return false;
}

// skopeo and podman write just the tag. An entry with a full name of its own is not meant by another's tag.
bool same_tag(const oci::Descriptor& entry, const oci::Reference& reference, const std::string&) {
    return reference.tag && annotation(entry, kRefNameAnnotation) == *reference.tag &&
           annotation(entry, kImageNameAnnotation).empty();
}

std::string names_of(const std::vector<const oci::Descriptor*>& entries) {
    std::string names;
    for (const auto* entry : entries) {
        const auto name = annotation(*entry, kRefNameAnnotation);
        names += names.empty() ? "" : ", ";
        names += name.empty() ? entry->digest.to_string() : std::string(name);
        if (names.size() > 512)
            return names + ", …";
    }
    return names;
}

} // namespace

std::string ref_name(const oci::Reference& reference) {
    if (reference.repository.empty())
        return reference.tag.value_or("");
    if (!reference.tag && reference.digest)
        return "";
    auto named = reference;
    named.digest.reset();
    return named.to_string();
}

std::expected<LayoutIndex, ParseError> LayoutIndex::parse(std::string bytes) {
    auto document = oci::Manifest::parse(std::move(bytes), oci::media_type::oci_index);
    if (!document)
        return std::unexpected(document.error());
    LayoutIndex index;
    index.entries_ = document->manifests();
    index.annotations_ = document->annotations();
    return index;
}

std::optional<oci::Descriptor> LayoutIndex::find(const oci::Reference& reference) const {
    if (reference.digest) {
        const auto found = std::ranges::find(entries_, *reference.digest, &oci::Descriptor::digest);
        return found == entries_.end() ? std::nullopt : std::optional(*found);
    }
    const auto name = ref_name(reference);
    if (!name.empty()) {
        for (const Matcher matches : {same_name, same_docker_name, same_tag})
            for (const auto& entry : entries_)
                if (matches(entry, reference, name))
                    return entry;
        return std::nullopt;
    }
    if (entries_.size() == 1)
        return entries_.front();
    // Referrers stand in the index too, without a name and with an artifact type.
    std::vector<const oci::Descriptor*> images;
    for (const auto& entry : entries_)
        if (!annotation(entry, kRefNameAnnotation).empty() || entry.artifact_type.empty())
            images.push_back(&entry);
    if (images.size() > 1)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("the layout holds {} images, name one of them: {}", images.size(), names_of(images)));
    return images.empty() ? std::nullopt : std::optional(*images.front());
}

const oci::Descriptor* LayoutIndex::find_name(std::string_view name) const {
    const auto found = std::ranges::find_if(
        entries_, [&](const auto& entry) { return annotation(entry, kRefNameAnnotation) == name; });
    return found == entries_.end() ? nullptr : &*found;
}

void LayoutIndex::put(oci::Descriptor entry, std::string_view name) {
    entry.annotations.erase(std::string(kRefNameAnnotation));
    entry.annotations.erase(std::string(kImageNameAnnotation));
    if (!name.empty())
        entry.annotations[std::string(kRefNameAnnotation)] = name;
    const auto replaced = std::ranges::find_if(entries_, [&](const auto& other) {
        const auto other_name = annotation(other, kRefNameAnnotation);
        return other_name == name && (!name.empty() || other.digest == entry.digest);
    });
    if (replaced != entries_.end())
        *replaced = std::move(entry);
    else
        entries_.push_back(std::move(entry));
}

std::string LayoutIndex::to_bytes() const {
    oci::IndexParts parts;
    parts.manifests = entries_;
    parts.annotations = annotations_;
    return oci::make_index(parts).bytes();
}

oci::Descriptor index_entry(const oci::Manifest& manifest) {
    auto entry = manifest.descriptor();
    entry.annotations.clear();
    if (!manifest.subject())
        entry.artifact_type.clear();
    return entry;
}

std::string layout_file_bytes() { return R"({"imageLayoutVersion":"1.0.0"})"; }

std::optional<ParseError> check_layout_file(std::string_view bytes) {
    boost::system::error_code failure;
    const auto document = boost::json::parse(bytes, failure);
    const auto* object = failure ? nullptr : document.if_object();
    const auto* version = object != nullptr ? object->if_contains("imageLayoutVersion") : nullptr;
    const auto* text = version != nullptr ? version->if_string() : nullptr;
    if (text == nullptr)
        return ParseError{"imageLayoutVersion is missing", 0};
    if (!std::string_view(*text).starts_with("1."))
        return ParseError{"only layout version 1 is read", 0};
    return std::nullopt;
}

} // namespace cang::layout
