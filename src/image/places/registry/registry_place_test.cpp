// The registry place against a real docker-registry, and where only a script can make the peer misbehave.
#include "base/error_kind.hpp"
#include "image/copy.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/places/registry/registry_sink.hpp"
#include "image/places/registry/registry_source.hpp"
#include "image/validate.hpp"
#include "testing/peer_registry.hpp"
#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::image {
namespace {

using cang::testing::Exchange;
using cang::testing::HeaderList;
using cang::testing::PeerRegistry;
using cang::testing::run_async;
using cang::testing::ScriptedServer;
using distribution::RegistryClient;
using distribution::RegistryOptions;

oci::Reference reference(const std::string& text) { return *oci::Reference::parse(text); }

RegistryOptions plain_options() {
    RegistryOptions options;
    options.plain_http = true;
    return options;
}

class PeerPlace : public ::testing::Test {
protected:
    void SetUp() override {
        if (!PeerRegistry::installed())
            GTEST_SKIP() << "docker-registry is not installed";
    }

    // Copies `content` to the registry as `to` and validates what is there; returns the copy's result.
    awaitable<CopyResult> push(std::shared_ptr<RegistryClient> client, ImageContent content, std::string to,
                               CopyOptions options = {}) {
        MemoryPlace memory;
        auto from = reference("memory/x:1");
        memory.add(from, content);
        RegistrySink sink(client);
        auto target = reference(to);
        CopyResult result = co_await copy(memory, from, sink, target, options, silent_);
        RegistrySource source(client, target.repository);
        async::BlockingPool pool(1);
        auto violations = co_await validate(source, result.root, pool);
        EXPECT_EQ(violations, std::vector<std::string>{});
        auto shown = co_await source.find(target);
        EXPECT_TRUE(shown && shown->digest == content.root().digest());
        co_return result;
    }

    CopyProgress silent_;
};

TEST_F(PeerPlace, KeepsImagesAndIndexes) {
    PeerRegistry peer;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, peer.authority(), plain_options());
        RandomImageOptions options;
        options.layers = 3;
        options.layer_bytes = 3 * MiB;
        co_await push(client, random_image(options), peer.authority() + "/team/app:1");
        auto index =
            random_index({oci::Platform{"linux", "amd64", "", "", {}}, oci::Platform{"linux", "arm64", "", "", {}}});
        co_await push(client, index, peer.authority() + "/team/app:2");
        RegistrySource source(client, "team/app");
        auto tags = co_await source.list_tags("team/app", "", 100);
        auto after = co_await source.list_tags("team/app", "1", 100);
        auto repositories = co_await source.list_repositories("", 100);
        EXPECT_EQ(tags, (std::vector<std::string>{"1", "2"}));
        EXPECT_EQ(after, std::vector<std::string>{"2"});
        EXPECT_EQ(repositories, std::vector<std::string>{"team/app"});
        auto none = co_await source.find(reference(peer.authority() + "/team/app:none"));
        EXPECT_FALSE(none);
    });
}

TEST_F(PeerPlace, LogsInWithAPassword) {
    PeerRegistry peer(PeerRegistry::Login{"porter", "secret word"});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        RegistryOptions options = plain_options();
        options.credentials = distribution::Credentials{.username = "porter", .password = Secret("secret word")};
        auto client = std::make_shared<RegistryClient>(executor, peer.authority(), options);
        co_await client->ping();
        co_await push(client, random_image(), peer.authority() + "/a:1");
        options.credentials.password = Secret("wrong");
        RegistryClient stranger(executor, peer.authority(), options);
        std::string said;
        try {
            co_await stranger.ping();
        } catch (const Error& error) {
            said = fmt::format("{}: {}", error_kind_row(error.kind()).name, error.message());
        }
        EXPECT_EQ(said, fmt::format("unauthenticated: logging in to {}: {} answered 401: authentication required",
                                    peer.authority(), peer.authority()));
    });
}

TEST_F(PeerPlace, MountsBlobsOfTheSameRegistry) {
    PeerRegistry peer;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, peer.authority(), plain_options());
        co_await push(client, random_image(), peer.authority() + "/first:1");
        RegistrySource source(client, "first");
        RegistrySink sink(client);
        auto from = reference(peer.authority() + "/first:1");
        auto to = reference(peer.authority() + "/second/place:1");
        CopyOptions options;
        CopyResult result = co_await copy(source, from, sink, to, options, silent_);
        EXPECT_EQ(result.blobs_copied, 0U);
        EXPECT_EQ(result.bytes_copied, 0U);
        EXPECT_EQ(result.blobs_skipped, 3U);
        CopyResult again = co_await copy(source, from, sink, to, options, silent_);
        EXPECT_TRUE(again.unchanged);
    });
}

TEST_F(PeerPlace, KeepsTheReferrersTagOfRegistriesWithoutTheApi) {
    PeerRegistry peer;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, peer.authority(), plain_options());
        auto image = random_image();
        co_await push(client, image, peer.authority() + "/a:1");
        auto signature = random_artifact(7, "application/x-signature", image.root().descriptor());
        auto sbom = random_artifact(8, "application/x-sbom", image.root().descriptor());
        co_await push(client, signature, peer.authority() + "/a:signature");
        co_await push(client, sbom, peer.authority() + "/a:sbom");
        RegistrySource source(client, "a");
        auto referrers = co_await source.list_referrers(image.root().digest());
        EXPECT_EQ(referrers.size(), 2U);
        if (referrers.size() == 2) {
            EXPECT_EQ(referrers[0].digest, signature.root().digest());
            EXPECT_EQ(referrers[0].artifact_type, "application/x-signature");
            EXPECT_EQ(referrers[1].digest, sbom.root().digest());
        }
    });
}

// Breaks after `bytes`.
class BreakingReader final : public io::Reader {
public:
    BreakingReader(io::ReaderPtr inner, std::uint64_t bytes) : inner_(std::move(inner)), left_(bytes) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (left_ == 0)
            throw Error(ErrorKind::unavailable, "the source broke");
        std::size_t count = co_await inner_->read(buffer.first(std::min<std::size_t>(buffer.size(), left_)));
        left_ -= count;
        co_return count;
    }

private:
    io::ReaderPtr inner_;
    std::size_t left_;
};

// docker-registry 2.8 forgets an upload whose request broke (its _state names another offset then); registries that
// keep it are played in blobs_test.cpp.
TEST_F(PeerPlace, SendsABrokenUploadAgain) {
    PeerRegistry peer;
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, peer.authority(), plain_options());
        std::string bytes = random_bytes(5, 24 * MiB);
        oci::Descriptor blob{.media_type = "application/octet-stream",
                             .digest = oci::Digest::of(std::string_view(bytes)),
                             .size = bytes.size()};
        RegistrySink sink(client);
        auto delivery = co_await sink.begin(reference(peer.authority() + "/big:1"));
        std::vector<std::uint64_t> offsets;
        BlobOpener open = [&](std::uint64_t offset) -> awaitable<io::ReaderPtr> {
            offsets.push_back(offset);
            io::ReaderPtr reader = io::memory_reader(bytes.substr(offset));
            if (offsets.size() == 1)
                reader = std::make_unique<BreakingReader>(std::move(reader), 16 * MiB);
            co_return reader;
        };
        std::string said;
        try {
            co_await delivery->put_blob(blob, open, {});
        } catch (const Error& error) {
            said = error.message();
        }
        EXPECT_EQ(said, "the source broke");
        co_await delivery->put_blob(blob, open, {});
        bool there = co_await delivery->has(blob, {});
        EXPECT_TRUE(there);
        EXPECT_EQ(offsets, (std::vector<std::uint64_t>{0, 0}));
        RegistrySource source(client, "big");
        io::ReaderPtr reader = co_await source.open_blob(blob, 20 * MiB);
        std::string tail = co_await io::read_all(*reader, 8 * MiB);
        EXPECT_EQ(tail, bytes.substr(20 * MiB));
    });
}

TEST(RegistrySource, ContinuesABlobAfterABrokenConnection) {
    auto content = random_image();
    auto layer = content.root().layers().front();
    std::string bytes = *content.blobs.at(layer.digest);
    std::string path = "/v2/a/blobs/" + layer.digest.to_string();
    std::string rest = bytes.substr(1000);
    ScriptedServer server(
        {Exchange{.target = path, .body = bytes, .cut_response_after = 1000},
         Exchange{
             .target = path,
             .headers = {{"Range", "bytes=1000-"}},
             .status = 206,
             .response_headers = {{"Content-Range", fmt::format("bytes 1000-{}/{}", bytes.size() - 1, bytes.size())}},
             .body = rest}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, server.authority(), plain_options());
        RegistrySource source(client, "a");
        std::string got;
        for (int attempt = 0; attempt < 2; ++attempt) {
            try {
                io::ReaderPtr reader = co_await source.open_blob(layer, got.size());
                std::vector<std::byte> piece(4096);
                while (std::size_t count = co_await reader->read(piece))
                    got += as_text(ByteView(piece).first(count));
            } catch (const Error& error) {
                EXPECT_EQ(error.message(),
                          fmt::format("{} closed the connection before the end of the body", server.authority()));
            }
        }
        EXPECT_EQ(got, bytes);
    });
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistrySink, ShowsNothingBeforeCommit) {
    auto content = random_artifact(3, "application/x-test");
    const auto& manifest = content.root();
    ScriptedServer server(
        {Exchange{.method = "PUT", .target = "/v2/a/manifests/" + manifest.digest().to_string(), .status = 201},
         Exchange{.method = "PUT", .target = "/v2/a/manifests/latest", .status = 201}});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, server.authority(), plain_options());
        RegistrySink sink(client);
        auto delivery = co_await sink.begin(reference(server.authority() + "/a"));
        co_await delivery->put_manifest(manifest);
        EXPECT_EQ(server.requests().size(), 1U);
        oci::Descriptor shown = co_await delivery->commit(manifest);
        EXPECT_EQ(shown.digest, manifest.digest());
    });
    EXPECT_EQ(server.problems(), "");
}

// Conversations of a whole copy of `content`, whose blobs the registry has.
class ScriptedCopy : public ::testing::Test {
protected:
    ScriptedCopy() { memory_.add(from_, content_); }

    // The questions that a copy begins with: what the tag shows, and one HEAD for each blob.
    std::vector<Exchange> questions() const {
        std::vector<Exchange> script{{.method = "HEAD", .target = "/v2/a/manifests/1", .status = 404}};
        for (const auto& blob : content_.root().blobs())
            script.push_back({.method = "HEAD",
                              .target = "/v2/a/blobs/" + blob.digest.to_string(),
                              .response_headers = {{"Content-Length", std::to_string(blob.size)}}});
        return script;
    }
    Exchange put(int status) const { return {.method = "PUT", .target = "/v2/a/manifests/1", .status = status}; }

    CopyResult copy_to(ScriptedServer& server, int attempts = 5) {
        return run_async<CopyResult>([&]() -> awaitable<CopyResult> {
            auto executor = co_await asio::this_coro::executor;
            auto client = std::make_shared<RegistryClient>(executor, server.authority(), plain_options());
            RegistrySink sink(client);
            CopyOptions options;
            options.attempts = attempts;
            options.first_delay = std::chrono::milliseconds(1);
            auto to = reference(server.authority() + "/a:1");
            co_return co_await copy(memory_, from_, sink, to, options, silent_);
        });
    }

    ImageContent content_ = random_image();
    oci::Reference from_ = reference("memory/x:1");
    MemoryPlace memory_;
    CopyProgress silent_;
};

TEST_F(ScriptedCopy, CostsOneHeadForEachBlobThatIsThere) {
    auto script = questions();
    script.push_back(put(201));
    ScriptedServer server(script);
    auto result = copy_to(server);
    EXPECT_EQ(result.blobs_skipped, content_.root().blobs().size());
    EXPECT_EQ(server.problems(), "");
    EXPECT_EQ(server.requests().size(), content_.root().blobs().size() + 2);
    EXPECT_EQ(memory_.calls().open_blob, 0U);
}

TEST_F(ScriptedCopy, CostsOneHeadWhenTheTagIsUnchanged) {
    ScriptedServer server({{.method = "HEAD",
                            .target = "/v2/a/manifests/1",
                            .response_headers = {{"Content-Type", content_.root().media_type()},
                                                 {"Docker-Content-Digest", content_.root().digest().to_string()},
                                                 {"Content-Length", std::to_string(content_.root().bytes().size())}}}});
    EXPECT_TRUE(copy_to(server).unchanged);
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(server.problems(), "");
}

TEST_F(ScriptedCopy, AsksARegistryForTheManifestOnlyWhenTheTargetHasTheBlobs) {
    const auto& root = content_.root();
    HeaderList described{{"Content-Type", root.media_type()}, {"Docker-Content-Digest", root.digest().to_string()}};
    auto head = described;
    head.emplace_back("Content-Length", std::to_string(root.bytes().size()));
    Exchange question{.method = "HEAD", .target = "/v2/a/manifests/1", .response_headers = head};
    ScriptedServer server({question,
                           {.target = "/v2/a/manifests/" + root.digest().to_string(),
                            .response_headers = described,
                            .body = root.bytes()},
                           question});
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        auto client = std::make_shared<RegistryClient>(executor, server.authority(), plain_options());
        RegistrySource source(client, "a");
        auto from = reference(server.authority() + "/a:1");
        auto to = reference("memory/y:1");
        CopyOptions options;
        auto first = co_await copy(source, from, memory_, to, options, silent_);
        EXPECT_EQ(first.blobs_skipped, root.blobs().size());
        EXPECT_EQ(server.requests().size(), 2U);
        auto again = co_await copy(source, from, memory_, to, options, silent_);
        EXPECT_TRUE(again.unchanged);
        EXPECT_EQ(server.requests().size(), 3U) << "one question for an unchanged tag";
    });
    EXPECT_EQ(server.problems(), "");
}

TEST_F(ScriptedCopy, PutsTheTagAgainWhenTheRegistryIsBusyOrBreaksOff) {
    auto script = questions();
    auto slow_down = put(429);
    slow_down.response_headers = {{"Retry-After", "1"}};
    auto breaks = put(201);
    breaks.cut_request_after = 0;
    for (const auto& exchange : {slow_down, put(503), breaks, put(201)})
        script.push_back(exchange);
    ScriptedServer server(script);
    auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(copy_to(server).root.digest, content_.root().digest());
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1000)) << "Retry-After";
    EXPECT_EQ(server.problems(), "");
}

TEST_F(ScriptedCopy, GivesTheTagUpAfterTheAttemptsAndAtOnceWhenItIsRefused) {
    auto script = questions();
    script.push_back(put(503));
    script.push_back(put(503));
    ScriptedServer busy(script);
    EXPECT_THROW(copy_to(busy, 2), Error);
    EXPECT_EQ(busy.problems(), "");
    script = questions();
    script.push_back(put(403));
    ScriptedServer refusing(script);
    EXPECT_THROW(copy_to(refusing), Error);
    EXPECT_EQ(refusing.problems(), "");
}

} // namespace
} // namespace cang::image
