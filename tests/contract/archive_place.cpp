#include "contract/place_contract.hpp"
#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "testing/temp_dir.hpp"

namespace cang::contract {

namespace {

class DockerArchive final : public Place {
public:
    image::Sink& sink() override { return sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        std::shared_ptr<image::Source> source = co_await archive::open_docker_archive(path_, pool_);
        co_return source;
    }

private:
    testing::TempDir directory_;
    std::filesystem::path path_ = directory_ / "archive.tar";
    async::BlockingPool pool_{2};
    archive::DockerArchiveSink sink_{path_, pool_};
};

awaitable<std::unique_ptr<Place>> make() { co_return std::make_unique<DockerArchive>(); }

} // namespace

PlaceFactory docker_archive_place() {
    return {.name = "dockerarchive", .make = make, .keeps_digest = false, .holds_several = false};
}

} // namespace cang::contract
