// Copies into and out of a real Docker Engine.
#include "image/copy.hpp"
#include "image/places/dockerhost/docker_host_sink.hpp"
#include "image/places/dockerhost/engine_chains.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/docker_engine.hpp"
#include "testing/run_async.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace cang::dockerhost {

namespace {

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

// One engine for all cases: it takes seconds to start.
class DockerHost : public ::testing::Test {
protected:
    static void SetUpTestSuite() { daemon = std::make_unique<testing::DockerEngine>(); }
    static void TearDownTestSuite() { daemon.reset(); }

    void SetUp() override {
        if (!daemon->missing().empty())
            GTEST_SKIP() << daemon->missing();
    }

    // Runs with an engine client on the test's event loop.
    void run(const std::function<awaitable<void>(docker::Engine&)>& body) {
        testing::run_async([&]() -> awaitable<void> {
            docker::EngineOptions options;
            options.endpoint = *docker::Endpoint::parse("unix://" + daemon->socket());
            const auto executor = co_await asio::this_coro::executor;
            docker::Engine engine(executor, options);
            co_await body(engine);
        });
    }

    awaitable<image::CopyResult> copy(image::Source& source, std::string from, image::Sink& target, std::string to) {
        image::CopyProgress progress;
        image::CopyOptions options;
        options.attempts = 1;
        const auto source_name = reference(from);
        const auto target_name = reference(to);
        co_return co_await image::copy(source, source_name, target, target_name, options, progress);
    }

    // An image whose first layers are those of the other one.
    static image::ImageContent extend(const image::ImageContent& base, std::uint64_t seed) {
        image::RandomImageOptions options;
        options.seed = seed;
        options.layers = 1;
        const auto top = image::random_image(options);
        const auto base_config = oci::ImageConfig::parse(*base.blobs.at(base.root().config()->digest));
        const auto top_config = oci::ImageConfig::parse(*top.blobs.at(top.root().config()->digest));
        auto diff_ids = base_config->diff_ids;
        diff_ids.insert(diff_ids.end(), top_config->diff_ids.begin(), top_config->diff_ids.end());
        std::string ids;
        for (const auto& id : diff_ids)
            ids += (ids.empty() ? "\"" : ",\"") + id.to_string() + "\"";
        image::ImageContent content;
        content.blobs = base.blobs;
        content.blobs.insert(top.blobs.begin(), top.blobs.end());
        oci::ManifestParts parts;
        parts.config = content.add_blob(
            R"({"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[)" + ids + "]}}",
            std::string(oci::media_type::oci_config));
        parts.layers = base.root().layers();
        parts.layers.push_back(top.root().layers()[0]);
        content.manifests.push_back(oci::make_manifest(parts));
        return content;
    }

    static std::unique_ptr<testing::DockerEngine> daemon;
    async::BlockingPool pool{3};
    image::MemoryPlace memory;
};

std::unique_ptr<testing::DockerEngine> DockerHost::daemon;

TEST_F(DockerHost, TellsWhatItIs) {
    run([&](docker::Engine& engine) -> awaitable<void> {
        const auto api = co_await engine.ping();
        EXPECT_GE(api, docker::kOldestApi);
        const auto version = co_await engine.version();
        EXPECT_EQ(version.os, "linux");
        EXPECT_FALSE(version.version.empty());
        const auto status = co_await engine.status();
        EXPECT_TRUE(may_leave_out_layers(version, status)) << version.product << " " << status.storage_driver;
    });
}

TEST_F(DockerHost, GivesBackWhatItWasGiven) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    run([&](docker::Engine& engine) -> awaitable<void> {
        DockerHostSink sink(engine, pool);
        const auto sent = co_await copy(memory, "app:1", sink, "given:1");
        EXPECT_EQ(sent.root.digest, content.root().config()->digest);
        const auto again = co_await copy(memory, "app:1", sink, "given:1");
        EXPECT_TRUE(again.unchanged);

        DockerHostSource source(engine, pool);
        image::MemoryPlace back;
        co_await copy(source, "given:1", back, "back:1");
        EXPECT_TRUE(back.has_blob(content.root().config()->digest));
        const auto config = oci::ImageConfig::parse(*content.blobs.at(content.root().config()->digest));
        for (const auto& diff_id : config->diff_ids)
            EXPECT_TRUE(back.has_blob(diff_id));
        const auto absent = reference("absent:1");
        const auto found = co_await source.find(absent);
        EXPECT_FALSE(found);
    });
}

TEST_F(DockerHost, SendsOnlyTheLayersThatTheEngineLacks) {
    image::RandomImageOptions options;
    options.seed = 77;
    options.layers = 3;
    options.layer_bytes = 2 * MiB;
    const auto base = image::random_image(options);
    const auto extended = extend(base, 78);
    memory.add(reference("app:base"), base);
    memory.add(reference("app:extended"), extended);
    run([&](docker::Engine& engine) -> awaitable<void> {
        DockerHostSink sink(engine, pool);
        co_await copy(memory, "app:base", sink, "lean:base");
        const auto whole = sink.bytes_sent();
        EXPECT_GT(whole, 6 * MiB);
        memory.forget_calls();
        const auto result = co_await copy(memory, "app:extended", sink, "lean:extended");
        EXPECT_EQ(result.blobs_skipped, 4U); // three layers, and the config that announce() read
        EXPECT_LT(sink.bytes_sent() - whole, 32 * KiB);
        EXPECT_LT(memory.calls().bytes_read, 32 * KiB);

        // The engine has the whole image all the same.
        DockerHostSource source(engine, pool);
        image::MemoryPlace back;
        co_await copy(source, "lean:extended", back, "back:1");
        const auto config = oci::ImageConfig::parse(*extended.blobs.at(extended.root().config()->digest));
        for (const auto& diff_id : config->diff_ids)
            EXPECT_TRUE(back.has_blob(diff_id));
    });
}

TEST_F(DockerHost, ShowsNothingOfADeliveryThatFailed) {
    image::RandomImageOptions options;
    options.seed = 55; // an engine that knows the layers would not read them
    const auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    memory.damage_blob(content.root().layers()[1].digest, "other bytes");
    run([&](docker::Engine& engine) -> awaitable<void> {
        DockerHostSink sink(engine, pool);
        std::string message;
        try {
            co_await copy(memory, "app:1", sink, "broken:1");
        } catch (const Error& error) {
            message = error.message();
        }
        EXPECT_TRUE(message.starts_with("copying layer " + content.root().layers()[1].digest.to_string())) << message;
        const auto name = reference("broken:1");
        const auto current = co_await sink.find_current(name);
        EXPECT_FALSE(current);
    });
}

TEST_F(DockerHost, TagsListsAndRemovesImages) {
    image::RandomImageOptions options;
    options.seed = 99;
    const auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    run([&](docker::Engine& engine) -> awaitable<void> {
        DockerHostSink sink(engine, pool);
        co_await copy(memory, "app:1", sink, "listed:1");
        docker::Images images(engine);
        co_await images.tag("listed:1", "example.org/team/listed", "2");
        const auto image = co_await images.find("example.org/team/listed:2");
        EXPECT_TRUE(image);
        EXPECT_EQ(image->repo_tags.size(), 2U);
        const auto list = co_await images.list();
        EXPECT_TRUE(std::ranges::any_of(list, [&](const auto& entry) { return entry.id == image->id; }));
        const auto removed = co_await images.remove("listed:1");
        EXPECT_TRUE(removed);
        const auto again = co_await images.remove("listed:1");
        EXPECT_FALSE(again);
    });
}

TEST_F(DockerHost, SurfacesDockersOwnWords) {
    run([&](docker::Engine& engine) -> awaitable<void> {
        docker::Images images(engine);
        std::string refused;
        try {
            auto archive = io::memory_reader("this is no archive, though it is long enough to be looked at");
            co_await images.load(*archive, std::nullopt);
        } catch (const Error& error) {
            refused = error.message();
        }
        EXPECT_TRUE(refused.starts_with("Docker Engine: ")) << refused;
        std::string absent;
        const std::vector<std::string> names{"absent:1"};
        try {
            co_await images.save(names);
        } catch (const Error& error) {
            absent = error.message();
        }
        EXPECT_EQ(absent, "Docker Engine: reference does not exist");
    });
}

TEST(DockerHostAbsent, SaysThatNobodyAnswers) {
    async::BlockingPool pool(1);
    std::string message;
    testing::run_async([&]() -> awaitable<void> {
        docker::EngineOptions options;
        options.endpoint = *docker::Endpoint::parse("unix:///nonexistent/docker.sock");
        const auto executor = co_await asio::this_coro::executor;
        docker::Engine engine(executor, options);
        DockerHostSink sink(engine, pool);
        try {
            const auto name = reference("app:1");
            co_await sink.begin(name);
        } catch (const Error& error) {
            message = error.message();
        }
    });
    EXPECT_NE(message, "");
}

} // namespace
} // namespace cang::dockerhost
