// Writes images into an OCI image layout directory (image-spec image-layout.md), made when missing.
//
// A commit adds or replaces one name in index.json and keeps the others, also against other writers at the same time.
// Blob files are not synced: like a file copy, an export may be lost with the power; what index.json names is complete
// after a crash of the program.
#pragma once

#include "async/run_blocking.hpp"
#include "image/sink.hpp"

#include <filesystem>

namespace cang::layout {

class LayoutSink final : public image::Sink {
public:
    // The pool outlives the sink and its deliveries.
    LayoutSink(std::filesystem::path path, async::BlockingPool& pool);

    // Throws Error{invalid_argument} when the directory holds something else.
    awaitable<std::unique_ptr<image::Delivery>> begin(const oci::Reference& target) override;
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;

private:
    std::filesystem::path path_;
    async::BlockingPool& pool_;
};

} // namespace cang::layout
