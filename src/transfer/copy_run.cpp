#include "transfer/copy_run.hpp"

#include "transfer/packing.hpp"

namespace cang::transfer {

awaitable<image::CopyResult> run_copy(Places& places, async::BlockingPool& pool, CopyJob job, CopySettings settings,
                                      image::CopyProgress& progress) {
    auto source = co_await places.open_source(job.source);
    auto target = co_await places.open_sink(job.target);
    Packing packing(job.source.kind, *source.place, pool, settings.pack);
    auto& images = packing.source_for(*target.place);
    co_return co_await image::copy(images, source.reference, *target.place, target.reference, settings.copy, progress);
}

awaitable<void> run_import(Places& places, async::BlockingPool& pool, ImageArchive& archive,
                           std::vector<ImportItem> items, CopySettings settings, ImageObserver& observer) {
    Packing packing(archive.kind, *archive.source, pool, settings.pack);
    for (const auto& item : items) {
        auto target = co_await places.open_sink(item.target);
        auto& images = packing.source_for(*target.place);
        auto progress = observer.started(item.image.name, item.target.to_string());
        auto result = co_await image::copy(images, item.image.reference, *target.place, target.reference, settings.copy,
                                           *progress);
        progress.reset();
        observer.ended(item.image.name, item.target.to_string(), result);
    }
}

awaitable<void> run_export(Places& places, async::BlockingPool& pool, std::vector<image::PlaceName> images,
                           ArchiveExport& archive, CopySettings settings, ImageObserver& observer) {
    for (const auto& name : images) {
        auto source = co_await places.open_source(name);
        Packing packing(name.kind, *source.place, pool, settings.pack);
        auto& packed = packing.source_for(archive.sink());
        auto kept_name = name.reference.value_or(oci::Reference{});
        auto progress = observer.started(name.to_string(), kept_name.to_string());
        auto result =
            co_await image::copy(packed, source.reference, archive.sink(), kept_name, settings.copy, *progress);
        progress.reset();
        observer.ended(name.to_string(), kept_name.to_string(), result);
    }
    co_await archive.finish();
}

} // namespace cang::transfer
