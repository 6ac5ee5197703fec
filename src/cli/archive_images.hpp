// Archives and layouts of several images: what `export` writes and `import` reads.
#pragma once

#include "cli/place_name.hpp"
#include "cli/runtime.hpp"
#include "image/sink.hpp"
#include "image/source.hpp"

#include <vector>

namespace cang::cli {

struct ArchivedImage {
    std::string name;         // as written in the archive; empty when it has none
    oci::Reference reference; // how the source finds it
};

struct ImageArchive {
    std::unique_ptr<image::Source> source;
    std::vector<ArchivedImage> images; // every name once, in the archive's order
};

// Throws Error{invalid_argument} when the place is no file.
awaitable<ImageArchive> open_image_archive(PlaceName place, Runtime& runtime);

// The warehouse's name of an archived image: registry dropped, "latest" for a name without a tag. Throws
// Error{invalid_argument} when the name has no repository.
oci::Reference warehouse_reference(const std::string& name);

// An archive being written; shows nothing before finish().
class ArchiveExport {
public:
    virtual ~ArchiveExport() = default;
    virtual image::Sink& sink() = 0;
    virtual awaitable<void> finish() = 0;
};
std::unique_ptr<ArchiveExport> create_archive(const PlaceName& place, Runtime& runtime);

} // namespace cang::cli
