#include "image/places/warehouse/image_facts.hpp"

#include "image/diff.hpp"

#include <set>
#include <unordered_set>

namespace cang::warehouse {

namespace {

constexpr std::size_t kMostPlatforms = 64; // the largest official images have about a dozen

void add_platform(std::set<std::string>& texts, const std::string& text) {
    auto platform = oci::Platform::parse(text);
    if (platform && platform->os != "unknown" && texts.size() < kMostPlatforms)
        texts.insert(platform->to_string());
}

std::string joined(const std::set<std::string>& texts) {
    std::string text;
    for (const std::string& one : texts)
        text += (text.empty() ? " " : "") + one + " ";
    return text;
}

} // namespace

std::string platforms_text(const std::vector<oci::Platform>& platforms) {
    std::set<std::string> texts;
    for (const oci::Platform& platform : platforms)
        add_platform(texts, platform.to_string());
    return joined(texts);
}

std::vector<std::string> parse_platforms_text(std::string_view text) {
    std::vector<std::string> platforms;
    for (std::size_t begin = 1; begin < text.size();) {
        std::size_t end = std::min(text.find(' ', begin), text.size());
        platforms.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return platforms;
}

store::ManifestFacts facts_of_image(const oci::Manifest& image, const std::optional<oci::ImageConfig>& config) {
    return {image::stored_bytes(image), config ? platforms_text({config->platform}) : std::string()};
}

store::ManifestFacts facts_of_index(const oci::Manifest& index, const ChildRows& images) {
    std::uint64_t size = 0;
    std::set<std::string> platforms;
    std::unordered_set<oci::Digest> seen;
    for (const oci::Descriptor& child : index.manifests()) {
        if (!seen.insert(child.digest).second)
            continue;
        auto image = images.find(child.digest);
        bool known = image != images.end();
        size = oci::add_sizes(size, known ? image->second.facts.image_size : child.size);
        if (child.platform)
            add_platform(platforms, child.platform->to_string());
        else if (known)
            for (const std::string& text : parse_platforms_text(image->second.facts.platforms.value_or("")))
                add_platform(platforms, text);
    }
    return {size, joined(platforms)};
}

} // namespace cang::warehouse
