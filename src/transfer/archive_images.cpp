#include "transfer/archive_images.hpp"

#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "io/plain_file.hpp"
#include "io/tar_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace cang::transfer {

namespace {

constexpr std::string_view kReading = "reading the archive";

ImageArchive list_docker_archive(std::unique_ptr<archive::DockerArchiveSource> source) {
    ImageArchive opened;
    std::set<std::string> seen;
    for (const auto& image : source->images()) {
        for (const auto& name : image.repo_tags) {
            auto reference = oci::Reference::parse_docker(name);
            if (reference && seen.insert(name).second)
                opened.images.push_back({name, *reference});
        }
        // A nameless image can be found when it is alone.
        if (image.repo_tags.empty() && source->images().size() == 1)
            opened.images.push_back({});
    }
    opened.source = std::move(source);
    return opened;
}

awaitable<ImageArchive> list_layout(std::unique_ptr<layout::LayoutSource> source) {
    auto index = co_await source->read_index();
    ImageArchive opened;
    std::set<std::string> seen;
    for (const auto& entry : index.entries()) {
        auto written = [&](std::string_view annotation) {
            auto found = entry.annotations.find(std::string(annotation));
            return found == entry.annotations.end() ? std::string() : found->second;
        };
        auto name = written(layout::kImageNameAnnotation);
        if (name.empty())
            name = written(layout::kRefNameAnnotation);
        if (!name.empty() && !seen.insert(name).second)
            continue;
        oci::Reference reference;
        reference.digest = entry.digest;
        opened.images.push_back({name, reference});
    }
    opened.source = std::move(source);
    co_return opened;
}

// Both archive sinks have finish(); a layout directory shows each image as it comes.
template <typename Sink>
class Export final : public ArchiveExport {
public:
    template <typename... Arguments>
    explicit Export(Arguments&&... arguments) : sink_(std::forward<Arguments>(arguments)...) {}

    image::Sink& sink() override { return sink_; }
    awaitable<void> finish() override {
        if constexpr (requires { sink_.finish(); })
            co_await sink_.finish();
    }

private:
    Sink sink_;
};

} // namespace

awaitable<ImageArchive> open_image_archive(image::PlaceName place, async::BlockingPool& pool,
                                           std::filesystem::path spool_directory) {
    ImageArchive archive;
    if (place.kind == image::PlaceKind::docker_archive) {
        archive::DockerArchiveOptions options;
        options.spool_directory = std::move(spool_directory);
        auto source = co_await archive::open_docker_archive(place.path, pool, std::move(options));
        archive = list_docker_archive(std::move(source));
    } else {
        std::unique_ptr<layout::LayoutSource> source;
        layout::OciArchiveOptions options;
        options.spool_directory = std::move(spool_directory);
        if (place.kind == image::PlaceKind::oci_layout)
            source = co_await layout::open_layout(place.path, pool);
        else
            source = co_await layout::open_oci_archive(place.path, pool, std::move(options));
        archive = co_await list_layout(std::move(source));
    }
    archive.kind = place.kind;
    co_return archive;
}

awaitable<ImageArchive> open_any_archive(std::filesystem::path file, async::BlockingPool& pool,
                                         std::filesystem::path spool_directory) {
    io::InflateLimits limits{.max_bytes = layout::OciArchiveOptions{}.max_bytes};
    auto plain = co_await io::open_plain(std::move(file), std::move(spool_directory), pool, limits, kReading);
    auto index = co_await io::TarIndex::read(plain, pool);
    ImageArchive archive;
    if (index.find("manifest.json") != nullptr) {
        auto source = co_await archive::DockerArchiveSource::open(std::move(plain), pool);
        archive = list_docker_archive(std::move(source));
        archive.kind = image::PlaceKind::docker_archive;
    } else if (index.find("oci-layout") != nullptr) {
        auto source = co_await layout::open_oci_archive(std::move(plain), pool);
        archive = co_await list_layout(std::move(source));
        archive.kind = image::PlaceKind::oci_archive;
    } else {
        throw Error(ErrorKind::invalid_argument, "this is neither a docker-archive nor an OCI archive: it has no "
                                                 "manifest.json and no oci-layout");
    }
    co_return archive;
}

std::string name_of(const ArchivedImage& image) {
    if (image.name.empty() && image.reference.digest)
        return image.reference.digest->to_string();
    return image.name;
}

const ArchivedImage& get_image(const ImageArchive& archive, const std::string& name) {
    if (name.empty() && archive.images.size() != 1)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("the archive has {} images; say which one", archive.images.size()));
    auto found = std::ranges::find_if(archive.images,
                                      [&](const ArchivedImage& one) { return name.empty() || name_of(one) == name; });
    if (found == archive.images.end())
        throw Error(ErrorKind::not_found, fmt::format("the archive has no image named {}", name));
    return *found;
}

std::optional<oci::Reference> warehouse_reference(const std::string& name) {
    bool lone_tag = name.find_first_of("/:@") == std::string::npos;
    auto reference = oci::Reference::parse(name);
    if (!reference || lone_tag)
        return std::nullopt;
    reference->registry.clear();
    reference->digest.reset();
    if (!reference->tag)
        reference->tag = "latest";
    return *reference;
}

std::unique_ptr<ArchiveExport> create_archive(const image::PlaceName& place, async::BlockingPool& pool) {
    if (place.kind == image::PlaceKind::docker_archive)
        return std::make_unique<Export<archive::DockerArchiveSink>>(
            place.path, pool, archive::DockerArchiveSinkOptions{.several_images = true, .limits = {}});
    if (place.kind == image::PlaceKind::oci_archive)
        return std::make_unique<Export<layout::OciArchiveSink>>(place.path, pool,
                                                                layout::OciArchiveSinkOptions{.several_images = true});
    return std::make_unique<Export<layout::LayoutSink>>(place.path, pool);
}

} // namespace cang::transfer
