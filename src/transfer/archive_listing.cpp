#include "transfer/archive_listing.hpp"

#include "base/oci/image_config.hpp"
#include "image/copy_plan.hpp"

#include <fmt/format.h>
#include <set>

namespace cang::transfer {

namespace {

// What an image is made of, found by walking down from its root.
class ImageSurvey {
public:
    explicit ImageSurvey(image::Source& source) : source_(source) {}

    awaitable<void> add(oci::Descriptor descriptor, std::size_t depth) {
        if (depth > image::GraphLimits::depth || ++manifests_ > image::GraphLimits::manifests)
            throw Error(ErrorKind::unsupported, "the archive nests more manifests than an image has");
        auto manifest = co_await source_.get_manifest(descriptor);
        if (manifest.is_index()) {
            note_platforms(manifest);
            for (const auto& child : manifest.manifests())
                if (oci::is_manifest(child.media_type))
                    co_await add(child, depth + 1);
            co_return;
        }
        count(manifest);
        if (depth == 0 && manifest.config() && oci::is_config(manifest.config()->media_type))
            co_await note_platform(*manifest.config());
    }
    std::uint64_t size() const noexcept { return size_; }
    std::vector<std::string> platforms() const { return {platforms_.begin(), platforms_.end()}; }

private:
    void note_platforms(const oci::Manifest& index) {
        for (const auto& platform : image::platforms_of(index))
            platforms_.insert(platform.to_string());
    }
    awaitable<void> note_platform(const oci::Descriptor& descriptor) {
        auto reader = co_await source_.open_blob(descriptor);
        auto bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
        auto config = oci::ImageConfig::parse(bytes);
        if (config)
            platforms_.insert(config->platform.to_string());
    }
    void count(const oci::Manifest& manifest) {
        auto add_blob = [this](const oci::Descriptor& blob) {
            if (blobs_.insert(blob.digest).second)
                size_ += blob.size;
        };
        if (manifest.config())
            add_blob(*manifest.config());
        for (const auto& layer : manifest.layers())
            add_blob(layer);
    }

    image::Source& source_;
    std::size_t manifests_ = 0;
    std::uint64_t size_ = 0;
    std::set<oci::Digest> blobs_;
    std::set<std::string> platforms_;
};

} // namespace

awaitable<std::vector<ListedImage>> list_images(ImageArchive& archive) {
    std::vector<ListedImage> listed;
    for (const auto& image : archive.images) {
        auto found = co_await archive.source->find(image.reference);
        if (!found)
            throw Error(ErrorKind::corrupt, fmt::format("the archive does not hold its image {}", name_of(image)));
        ImageSurvey survey(*archive.source);
        co_await survey.add(*found, 0);
        listed.push_back({.name = name_of(image), .platforms = survey.platforms(), .size = survey.size()});
    }
    co_return listed;
}

} // namespace cang::transfer
