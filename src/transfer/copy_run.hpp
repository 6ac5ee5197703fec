// The flows that move images between named places: one image, all that were chosen of an archive, several into one.
// The command line and the server's operations run these.
#pragma once

#include "async/run_blocking.hpp"
#include "image/copy.hpp"
#include "image/packed_source.hpp"
#include "transfer/archive_images.hpp"
#include "transfer/places.hpp"

namespace cang::transfer {

struct CopySettings {
    image::CopyOptions copy;
    image::PackOptions pack; // for layers that come uncompressed
};

struct CopyJob {
    image::PlaceName source;
    image::PlaceName target;
};

// Hears of every image of an import or an export, one after the other.
class ImageObserver {
public:
    virtual ~ImageObserver() = default;
    // Receives the course of that copy and goes when it has ended, well or not.
    virtual std::unique_ptr<image::CopyProgress> started(const std::string& source, const std::string& target) = 0;
    virtual void ended(const std::string& source, const std::string& target, const image::CopyResult& result) = 0;
};

// All throw what image::copy() throws. Everything given must outlive the call; the pool does the compressing.
awaitable<image::CopyResult> run_copy(Places& places, async::BlockingPool& pool, CopyJob job, CopySettings settings,
                                      image::CopyProgress& progress);

struct ImportItem {
    ArchivedImage image;
    image::PlaceName target;
};
awaitable<void> run_import(Places& places, async::BlockingPool& pool, ImageArchive& archive,
                           std::vector<ImportItem> items, CopySettings settings, ImageObserver& observer);

// Ends with the archive's finish().
awaitable<void> run_export(Places& places, async::BlockingPool& pool, std::vector<image::PlaceName> images,
                           ArchiveExport& archive, CopySettings settings, ImageObserver& observer);

} // namespace cang::transfer
