#include "cli/archive_images.hpp"

#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"

#include <fmt/format.h>
#include <set>

namespace cang::cli {

namespace {

awaitable<ImageArchive> open_docker_archive(PlaceName place, Runtime& runtime) {
    auto source = co_await archive::open_docker_archive(place.path, runtime.pool);
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
    co_return opened;
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

awaitable<ImageArchive> open_image_archive(PlaceName place, Runtime& runtime) {
    if (place.kind == PlaceKind::docker_archive)
        co_return co_await open_docker_archive(place, runtime);
    if (!place.is_file())
        throw Error(ErrorKind::invalid_argument, fmt::format("{} is no archive\nname docker-archive:FILE, "
                                                             "oci-archive:FILE or oci:DIRECTORY",
                                                             place.to_string()));
    std::unique_ptr<layout::LayoutSource> source;
    if (place.kind == PlaceKind::oci_layout)
        source = co_await layout::open_layout(place.path, runtime.pool);
    else
        source = co_await layout::open_oci_archive(place.path, runtime.pool);
    co_return co_await list_layout(std::move(source));
}

oci::Reference warehouse_reference(const std::string& name) {
    bool lone_tag = name.find_first_of("/:@") == std::string::npos;
    auto reference = oci::Reference::parse(name);
    if (!reference || lone_tag)
        throw Error(ErrorKind::invalid_argument, fmt::format("\"{}\" in the archive is no repository and tag\n"
                                                             "name the image with --as REPOSITORY:TAG",
                                                             std::string_view(name).substr(0, 300)));
    reference->registry.clear();
    reference->digest.reset();
    if (!reference->tag)
        reference->tag = "latest";
    return *reference;
}

std::unique_ptr<ArchiveExport> create_archive(const PlaceName& place, Runtime& runtime) {
    if (place.kind == PlaceKind::docker_archive)
        return std::make_unique<Export<archive::DockerArchiveSink>>(
            place.path, runtime.pool, archive::DockerArchiveSinkOptions{.several_images = true, .limits = {}});
    if (place.kind == PlaceKind::oci_archive)
        return std::make_unique<Export<layout::OciArchiveSink>>(place.path, runtime.pool,
                                                                layout::OciArchiveSinkOptions{.several_images = true});
    if (place.kind == PlaceKind::oci_layout)
        return std::make_unique<Export<layout::LayoutSink>>(place.path, runtime.pool);
    throw Error(ErrorKind::invalid_argument, fmt::format("--to {} is no archive\nname docker-archive:FILE, "
                                                         "oci-archive:FILE or oci:DIRECTORY",
                                                         place.to_string()));
}

} // namespace cang::cli
