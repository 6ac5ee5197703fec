#include "contract/place_contract.hpp"
#include "image/places/dockerhost/docker_host_sink.hpp"
#include "image/places/dockerhost/docker_host_source.hpp"
#include "testing/docker_engine.hpp"

namespace cang::contract {

namespace {

// One engine for all tests, emptied for each: it takes seconds to start.
testing::DockerEngine& shared_engine() {
    static testing::DockerEngine engine;
    return engine;
}

class DockerHost final : public Place {
public:
    explicit DockerHost(docker::EngineOptions options, const asio::any_io_executor& executor)
        : engine_(executor, std::move(options)) {}

    image::Sink& sink() override { return sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        co_return std::make_shared<dockerhost::DockerHostSource>(engine_, pool_);
    }
    awaitable<void> remove_images() {
        docker::Images images(engine_);
        const auto all = co_await images.list();
        for (const auto& image : all)
            co_await images.remove(image.id.to_string(), true);
    }

private:
    async::BlockingPool pool_{2};
    docker::Engine engine_;
    dockerhost::DockerHostSink sink_{engine_, pool_};
};

awaitable<std::unique_ptr<Place>> make() {
    auto& daemon = shared_engine();
    if (!daemon.missing().empty())
        throw Error(ErrorKind::unavailable, daemon.missing());
    docker::EngineOptions options;
    options.endpoint = *docker::Endpoint::parse("unix://" + daemon.socket());
    const auto executor = co_await asio::this_coro::executor;
    auto place = std::make_unique<DockerHost>(std::move(options), executor);
    co_await place->remove_images();
    co_return place;
}

} // namespace

bool has_docker_host() { return testing::DockerEngine::obstacle().empty(); }

PlaceFactory docker_host_place() { return {.name = "dockerhost", .make = make, .keeps_digest = false}; }

} // namespace cang::contract
