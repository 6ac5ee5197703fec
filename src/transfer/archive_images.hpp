// Archives and layouts of several images: what an export writes and an import reads.
#pragma once

#include "async/run_blocking.hpp"
#include "image/place_name.hpp"
#include "image/sink.hpp"
#include "image/source.hpp"

#include <filesystem>
#include <vector>

namespace cang::transfer {

struct ArchivedImage {
    std::string name;         // as written in the archive; empty when it has none
    oci::Reference reference; // how the source finds it
};

struct ImageArchive {
    image::PlaceKind kind = image::PlaceKind::docker_archive;
    std::unique_ptr<image::Source> source;
    std::vector<ArchivedImage> images; // every name once, in the archive's order
};

// `place` is a file. A compressed archive is spooled into a nameless file of `spool_directory` (empty: the system's
// temporary directory).
awaitable<ImageArchive> open_image_archive(image::PlaceName place, async::BlockingPool& pool,
                                           std::filesystem::path spool_directory = {});

// An archive of a kind that nobody told. One with manifest.json is a docker-archive, also when it is a layout besides
// (Docker 25 and later write both). Throws Error{invalid_argument} for what is neither.
awaitable<ImageArchive> open_any_archive(std::filesystem::path file, async::BlockingPool& pool,
                                         std::filesystem::path spool_directory);

// How a user names it: by its name, or by its digest where it has none; empty for the nameless one of a docker-archive.
std::string name_of(const ArchivedImage& image);
// The image of that name; the only one when `name` is empty. Throws Error{not_found}; Error{invalid_argument} when
// there are several to choose from.
const ArchivedImage& get_image(const ImageArchive& archive, const std::string& name);

// The warehouse's name of an archived image: registry dropped, "latest" for a name without a tag; nullopt when the name
// has no repository.
std::optional<oci::Reference> warehouse_reference(const std::string& name);

// An archive being written; shows nothing before finish().
class ArchiveExport {
public:
    virtual ~ArchiveExport() = default;
    virtual image::Sink& sink() = 0;
    virtual awaitable<void> finish() = 0;
};
// `place` is a file.
std::unique_ptr<ArchiveExport> create_archive(const image::PlaceName& place, async::BlockingPool& pool);

} // namespace cang::transfer
