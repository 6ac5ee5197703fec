// Writes OCI archives (the tar of an image layout, uncompressed). The file appears, or replaces the one that was
// there, when it is complete.
#pragma once

#include "image/places/layout/oci_archive_writer.hpp"
#include "io/pending_file.hpp"

namespace cang::layout {

struct OciArchiveSinkOptions {
    // One archive for all deliveries, shown by finish(); else each commit shows an archive of that one image.
    bool several_images = false;
};

class OciArchiveSink final : public image::Sink {
public:
    // The pool outlives the sink and its deliveries.
    OciArchiveSink(std::filesystem::path path, async::BlockingPool& pool, OciArchiveSinkOptions options = {});

    awaitable<std::unique_ptr<image::Delivery>> begin(const oci::Reference& target) override;
    // An archive is written anew each time; nullopt.
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;
    // Shows the archive of several images. Throws Error{invalid_argument} when none was delivered.
    awaitable<void> finish();

    // The file and who writes it; shared by the deliveries of one archive.
    struct Archive {
        std::shared_ptr<io::PendingFile> file;
        std::shared_ptr<OciArchiveWriter> writer;
        std::size_t images = 0;
    };

private:
    awaitable<std::shared_ptr<Archive>> create();

    std::filesystem::path path_;
    async::BlockingPool& pool_;
    OciArchiveSinkOptions options_;
    std::shared_ptr<Archive> several_;
};

} // namespace cang::layout
