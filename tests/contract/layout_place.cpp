#include "contract/place_contract.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "testing/temp_dir.hpp"

namespace cang::contract {

namespace {

class OciLayout final : public Place {
public:
    image::Sink& sink() override { return sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        std::shared_ptr<image::Source> source = co_await layout::open_layout(path_, pool_);
        co_return source;
    }

private:
    testing::TempDir directory_;
    std::filesystem::path path_ = directory_ / "layout";
    async::BlockingPool pool_{2};
    layout::LayoutSink sink_{path_, pool_};
};

class OciArchive final : public Place {
public:
    image::Sink& sink() override { return sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        std::shared_ptr<image::Source> source = co_await layout::open_oci_archive(path_, pool_);
        co_return source;
    }

private:
    testing::TempDir directory_;
    std::filesystem::path path_ = directory_ / "archive.tar";
    async::BlockingPool pool_{2};
    layout::OciArchiveSink sink_{path_, pool_};
};

awaitable<std::unique_ptr<Place>> make_layout() { co_return std::make_unique<OciLayout>(); }
awaitable<std::unique_ptr<Place>> make_archive() { co_return std::make_unique<OciArchive>(); }

} // namespace

PlaceFactory oci_layout_place() { return {.name = "layout", .make = make_layout}; }

PlaceFactory oci_archive_place() { return {.name = "ociarchive", .make = make_archive, .holds_several = false}; }

} // namespace cang::contract
