#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "base/oci/image_config.hpp"
#include "image/copy.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"
#include "image/places/warehouse/warehouse_source.hpp"

namespace cang::warehouse {
namespace {

using cang::testing::run_async;

oci::Reference reference_to(std::string repository, std::string tag) {
    oci::Reference reference;
    reference.repository = std::move(repository);
    reference.tag = std::move(tag);
    return reference;
}

image::BlobOpener opener_of(std::string bytes, std::uint64_t* first_offset = nullptr) {
    return [bytes = std::move(bytes), first_offset](std::uint64_t offset) -> awaitable<io::ReaderPtr> {
        if (first_offset)
            *first_offset = offset;
        co_return io::memory_reader(bytes.substr(offset));
    };
}

// Gives some bytes, then fails.
class BreakingReader final : public io::Reader {
public:
    explicit BreakingReader(std::string bytes) : bytes_(std::move(bytes)) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (bytes_.empty())
            throw Error(ErrorKind::unavailable, "the connection broke");
        std::size_t length = std::min(buffer.size(), bytes_.size());
        std::memcpy(buffer.data(), bytes_.data(), length);
        bytes_.erase(0, length);
        co_return length;
    }

private:
    std::string bytes_;
};

using WarehousePlaceTest = WarehouseFixture;

TEST_F(WarehousePlaceTest, CopiesAnIndexWithEverythingBelowIt) {
    run_async([&]() -> awaitable<void> {
        image::ImageContent content =
            image::random_index({{"linux", "amd64", "", "", {}}, {"linux", "arm64", "", "", {}}});
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("team/app", "1.0"));
        image::ByteCount ignore = [](std::uint64_t) {};
        for (const auto& [digest, bytes] : content.blobs) {
            oci::Descriptor blob = describe("blob", *bytes);
            image::BlobOpener open = opener_of(*bytes);
            co_await delivery->put_blob(blob, open, ignore);
        }
        for (const oci::Manifest& manifest : content.manifests)
            co_await delivery->put_manifest(manifest);
        auto repositories = co_await warehouse->list_repositories("", 10);
        EXPECT_TRUE(repositories.empty()) << "nothing shows before the commit";
        oci::Descriptor root = co_await delivery->commit(content.root());
        EXPECT_EQ(root.digest, content.root().digest());
        WarehouseSource source(*warehouse, "team/app");
        auto found = co_await source.find(reference_to("team/app", "1.0"));
        EXPECT_EQ(found->digest, content.root().digest());
        for (const oci::Manifest& manifest : content.manifests) {
            oci::Manifest read = co_await source.get_manifest(manifest.descriptor());
            EXPECT_EQ(read.bytes(), manifest.bytes());
        }
        FsckResult checked = co_await check(*warehouse, true);
        EXPECT_TRUE(checked.problems.empty());
    });
}

TEST_F(WarehousePlaceTest, DoesNotTakeAnIndexForPresentWhenAChildWasDeleted) {
    run_async([&]() -> awaitable<void> {
        SmallImage child = make_image("child");
        oci::IndexParts parts;
        parts.manifests.push_back(child.manifest.descriptor());
        oci::Manifest index = oci::make_index(parts);
        std::vector<std::string> tags{"latest"};
        co_await push_image(*warehouse, "a", child, no_tags);
        co_await warehouse->put_manifest("a", index, tags);
        WarehouseSink sink(*warehouse);
        auto target = reference_to("a", "latest");
        auto delivery = co_await sink.begin(target);
        auto current = co_await sink.find_current(target);
        EXPECT_EQ(current->digest, index.digest());
        bool has = co_await delivery->has(index.descriptor(), "");
        EXPECT_TRUE(has);
        co_await warehouse->delete_manifest("a", child.manifest.digest());
        current = co_await sink.find_current(target);
        EXPECT_FALSE(current.has_value());
        has = co_await delivery->has(index.descriptor(), "");
        EXPECT_FALSE(has);
    });
}

TEST_F(WarehousePlaceTest, ShowsNothingOfADeliveryThatIsDropped) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        WarehouseSink sink(*warehouse);
        {
            auto delivery = co_await sink.begin(reference_to("a", "latest"));
            image::ByteCount ignore = [](std::uint64_t) {};
            for (const std::string& bytes : image.blobs) {
                image::BlobOpener open = opener_of(bytes);
                co_await delivery->put_blob(describe("blob", bytes), open, ignore);
            }
            co_await delivery->put_manifest(image.manifest);
        }
        auto current = co_await sink.find_current(reference_to("a", "latest"));
        EXPECT_FALSE(current.has_value());
        StoredManifestPtr manifest = co_await warehouse->find_manifest("a", image.manifest.digest().to_string());
        EXPECT_EQ(manifest, nullptr);
    });
}

TEST_F(WarehousePlaceTest, GoesOnWithABlobWhereAnEarlierDeliveryBroke) {
    std::string bytes(300'000, 'x');
    oci::Descriptor blob = describe("blob", bytes);
    run_async([&]() -> awaitable<void> {
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("a", "latest"));
        image::BlobOpener broken = [&](std::uint64_t) -> awaitable<io::ReaderPtr> {
            co_return std::make_unique<BreakingReader>(bytes.substr(0, 200'000));
        };
        image::ByteCount ignore = [](std::uint64_t) {};
        auto error = co_await error_of(delivery->put_blob(blob, broken, ignore));
        EXPECT_EQ(error->message(), "the connection broke");
    });
    open();
    run_async([&]() -> awaitable<void> {
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("b", "latest"));
        std::uint64_t offset = 0;
        std::uint64_t arrived = 0;
        image::BlobOpener open = opener_of(bytes, &offset);
        image::ByteCount count = [&](std::uint64_t more) { arrived += more; };
        co_await delivery->put_blob(blob, open, count);
        EXPECT_EQ(offset, 200'000u);
        EXPECT_EQ(arrived, 100'000u);
        std::string read = co_await read_blob(*warehouse, blob.digest);
        EXPECT_EQ(read, bytes);
        bool has = co_await delivery->has(blob, "");
        EXPECT_TRUE(has);
    });
}

// Gives its bytes, then waits until its coroutine is cancelled.
class EndlessReader final : public io::Reader {
public:
    explicit EndlessReader(std::string bytes) : bytes_(std::move(bytes)) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (bytes_.empty())
            co_await async::sleep_for(std::chrono::hours(1));
        std::size_t length = std::min(buffer.size(), bytes_.size());
        std::memcpy(buffer.data(), bytes_.data(), length);
        bytes_.erase(0, length);
        co_return length;
    }

private:
    std::string bytes_;
};

TEST_F(WarehousePlaceTest, GoesOnWithABlobWhoseCopyWasCancelled) {
    std::string bytes(300'000, 'x');
    oci::Descriptor blob = describe("blob", bytes);
    run_async([&]() -> awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        async::TaskGroup group(executor);
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("a", "latest"));
        image::BlobOpener open = [&](std::uint64_t) -> awaitable<io::ReaderPtr> {
            co_return std::make_unique<EndlessReader>(bytes.substr(0, 200'000));
        };
        std::uint64_t arrived = 0;
        image::ByteCount count = [&](std::uint64_t more) { arrived += more; };
        group.spawn("copy", [&]() -> awaitable<void> { co_await delivery->put_blob(blob, open, count); });
        while (arrived < 200'000)
            co_await async::sleep_for(std::chrono::milliseconds(1));
        group.cancel_all();
        co_await group.join();
        EXPECT_EQ(group.failures(), 0U);
    });
    open();
    run_async([&]() -> awaitable<void> {
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("a", "latest"));
        std::uint64_t offset = 0;
        image::BlobOpener open = opener_of(bytes, &offset);
        image::ByteCount ignore = [](std::uint64_t) {};
        co_await delivery->put_blob(blob, open, ignore);
        EXPECT_EQ(offset, 200'000u);
    });
}

TEST_F(WarehousePlaceTest, ReadsNothingOfTheSourceButWhatItLacks) {
    image::MemoryPlace source;
    auto content = image::random_image();
    auto from = reference_to("x", "1");
    source.add(from, content);
    run_async([&]() -> awaitable<void> {
        for (const auto& [digest, bytes] : content.blobs)
            co_await push_blob(*warehouse, "elsewhere", *bytes);
        WarehouseSink sink(*warehouse);
        image::CopyProgress silent;
        image::CopyOptions options;
        auto to = reference_to("team/app", "1");
        auto first = co_await image::copy(source, from, sink, to, options, silent);
        EXPECT_EQ(first.blobs_skipped, content.blobs.size());
        EXPECT_EQ(source.calls().find, 1U);
        EXPECT_EQ(source.calls().get_manifest, 1U);
        EXPECT_EQ(source.calls().open_blob, 0U);
        source.forget_calls();
        auto again = co_await image::copy(source, from, sink, to, options, silent);
        EXPECT_TRUE(again.unchanged);
        EXPECT_EQ(source.calls().find, 1U);
        EXPECT_EQ(source.calls().get_manifest, 0U);
    });
}

TEST_F(WarehousePlaceTest, RefusesBytesThatAreNotTheBlob) {
    run_async([&]() -> awaitable<void> {
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("a", "latest"));
        oci::Descriptor blob = describe("blob", "right");
        image::ByteCount ignore = [](std::uint64_t) {};
        image::BlobOpener wrong = opener_of("wrong");
        auto error = co_await error_of(delivery->put_blob(blob, wrong, ignore));
        EXPECT_EQ(error->kind(), ErrorKind::corrupt);
        EXPECT_EQ(error->code(), "DIGEST_INVALID");
        image::BlobOpener longer = opener_of("right and more");
        error = co_await error_of(delivery->put_blob(blob, longer, ignore));
        EXPECT_EQ(error->message(), "blob " + blob.digest.to_string() + " is longer than its 5 bytes");
        image::BlobOpener shorter = opener_of("rig");
        error = co_await error_of(delivery->put_blob(blob, shorter, ignore));
        EXPECT_EQ(error->kind(), ErrorKind::unavailable);
        bool has = co_await delivery->has(blob, "");
        EXPECT_FALSE(has);
    });
}

TEST_F(WarehousePlaceTest, MountsWhatAnotherRepositoryHas) {
    run_async([&]() -> awaitable<void> {
        co_await push_blob(*warehouse, "elsewhere", "shared");
        WarehouseSink sink(*warehouse);
        auto delivery = co_await sink.begin(reference_to("a", "latest"));
        oci::Descriptor blob = describe("blob", "shared");
        bool has = co_await delivery->has(blob, "");
        EXPECT_TRUE(has);
        auto found = co_await warehouse->find_blob("a", blob.digest);
        EXPECT_TRUE(found.has_value());
    });
}

TEST_F(WarehousePlaceTest, RemembersTheLayersOfAnImage) {
    run_async([&]() -> awaitable<void> {
        image::ImageContent content = image::random_image();
        for (const auto& [digest, bytes] : content.blobs)
            co_await push_blob(*warehouse, "a", *bytes);
        co_await warehouse->put_manifest("a", content.root(), no_tags);
        auto config = oci::ImageConfig::parse(*content.blobs.at(content.root().config()->digest));
        WarehouseSource source(*warehouse, "a");
        for (std::size_t i = 0; i < config->diff_ids.size(); ++i) {
            auto layer = co_await source.find_layer(config->diff_ids[i]);
            EXPECT_EQ(layer->digest, content.root().layers()[i].digest);
            EXPECT_EQ(layer->media_type, content.root().layers()[i].media_type);
        }
    });
}

TEST_F(WarehousePlaceTest, ListsTagsOfKnownRepositoriesOnly) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        std::vector<std::string> tags{"b", "a"};
        co_await push_image(*warehouse, "team/a", image, tags);
        WarehouseSource source(*warehouse, "");
        auto listed = co_await source.list_tags("team/a", "", 10);
        EXPECT_EQ(listed, (std::vector<std::string>{"a", "b"}));
        auto repositories = co_await source.list_repositories("", 10);
        EXPECT_EQ(repositories, std::vector<std::string>{"team/a"});
        auto list_unknown = [&]() -> awaitable<void> { co_await source.list_tags("nowhere", "", 10); };
        auto error = co_await error_of(list_unknown());
        EXPECT_EQ(error->kind(), ErrorKind::not_found);
        EXPECT_EQ(error->message(), "there is no repository nowhere");
    });
}

} // namespace
} // namespace cang::warehouse
