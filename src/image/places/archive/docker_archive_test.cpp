// Docker archives written and read: the whole way of an image, and what an archive must not make us do.
#include "image/copy.hpp"
#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "image/places/archive/tar_text.hpp"
#include "image/places/memory/memory_place.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace cang::archive {
namespace {

namespace fs = std::filesystem;

oci::Reference reference(std::string_view text) { return *oci::Reference::parse(text); }

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

std::string config_with(const std::vector<std::string>& layers) {
    std::string ids;
    for (const auto& layer : layers)
        ids += (ids.empty() ? "\"" : ",\"") + oci::Digest::of(layer).to_string() + "\"";
    return R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[)" + ids + "]}}";
}

class DockerArchive : public ::testing::Test {
protected:
    image::CopyResult copy(image::Source& source, std::string_view from, image::Sink& target, std::string_view to) {
        return testing::run_async<image::CopyResult>([&]() -> awaitable<image::CopyResult> {
            image::CopyProgress progress;
            image::CopyOptions options;
            options.attempts = 2;
            const auto source_name = from.empty() ? oci::Reference() : reference(from);
            const auto target_name = reference(to);
            co_return co_await image::copy(source, source_name, target, target_name, options, progress);
        });
    }

    std::string failure_of(const std::function<void()>& body) {
        try {
            body();
        } catch (const Error& error) {
            return error.message();
        }
        return "nothing was thrown";
    }

    std::unique_ptr<DockerArchiveSource> open(const fs::path& archive) {
        return testing::run_async<std::unique_ptr<DockerArchiveSource>>(
            [&]() -> awaitable<std::unique_ptr<DockerArchiveSource>> {
                co_return co_await open_docker_archive(archive, pool);
            });
    }

    // What copying the only image of an archive with these bytes says.
    std::string read_failure(std::string_view bytes) {
        write(path, bytes);
        return failure_of([&] {
            auto source = open(path);
            image::MemoryPlace back;
            copy(*source, "", back, "app:1");
        });
    }

    testing::TempDir directory;
    fs::path path = directory / "image.tar";
    async::BlockingPool pool{3};
    image::MemoryPlace memory;
};

TEST_F(DockerArchive, KeepsTheConfigAndTheLayersUncompressed) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    DockerArchiveSink sink(path, pool);
    const auto written = copy(memory, "app:1", sink, "app:1");
    auto source = open(path);
    ASSERT_EQ(source->images().size(), 1U);
    EXPECT_EQ(source->images()[0].repo_tags, std::vector<std::string>{"app:1"});
    image::MemoryPlace back;
    const auto result = copy(*source, "docker.io/library/app:1", back, "app:1");
    EXPECT_EQ(result.root.digest, written.root.digest);
    EXPECT_TRUE(back.has_blob(content.root().config()->digest));
    const auto& config = *content.blobs.at(content.root().config()->digest);
    for (const auto& diff_id : oci::ImageConfig::parse(config)->diff_ids)
        EXPECT_TRUE(back.has_blob(diff_id));
}

TEST_F(DockerArchive, IsAFixedPoint) {
    image::RandomImageOptions options;
    options.layers = 8;
    options.layer_bytes = 100'000;
    memory.add(reference("app:1"), image::random_image(options));
    DockerArchiveSink first(path, pool);
    DockerArchiveSink second(directory / "again.tar", pool);
    DockerArchiveSink third(directory / "from-archive.tar", pool);
    copy(memory, "app:1", first, "app:1");
    copy(memory, "app:1", second, "app:1");
    auto source = open(path);
    copy(*source, "app:1", third, "app:1");
    EXPECT_FALSE(read(path).empty());
    EXPECT_TRUE(read(path) == read(directory / "again.tar"));
    EXPECT_TRUE(read(path) == read(directory / "from-archive.tar"));
}

TEST_F(DockerArchive, HoldsSeveralImagesWithSharedLayersOnce) {
    image::RandomImageOptions one;
    image::RandomImageOptions two;
    two.compression = oci::Compression::none; // the same layers under other digests
    two.labels["only"] = "the config differs";
    memory.add(reference("app:1"), image::random_image(one));
    memory.add(reference("app:2"), image::random_image(two));
    DockerArchiveSinkOptions options;
    options.several_images = true;
    DockerArchiveSink sink(path, pool, options);
    copy(memory, "app:1", sink, "app:1");
    copy(memory, "app:2", sink, "app:2");
    copy(memory, "app:2", sink, "app:latest");
    EXPECT_FALSE(fs::exists(path));
    testing::run_async([&]() -> awaitable<void> { co_await sink.finish(); });

    auto source = open(path);
    ASSERT_EQ(source->images().size(), 2U);
    EXPECT_EQ(source->images()[0].layers, source->images()[1].layers);
    EXPECT_EQ(source->images()[1].repo_tags, (std::vector<std::string>{"app:2", "app:latest"}));
    EXPECT_EQ(std::system(("test $(tar tf " + path.string() + " | grep -c '[.]tar$') = 2").c_str()), 0);
    image::MemoryPlace back;
    copy(*source, "app:2", back, "app:2");
    EXPECT_EQ(failure_of([&] { copy(*source, "", back, "app:2"); }),
              "the archive holds 2 images, name one of them: app:1, app:2");
    EXPECT_EQ(failure_of([&] { copy(*source, "app:3", back, "app:3"); }), "app:3 does not exist in the source");
}

TEST_F(DockerArchive, TakesUpABrokenLayerAgain) {
    image::RandomImageOptions options;
    options.layer_bytes = 3 * MiB;
    const auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    DockerArchiveSink plain(path, pool);
    copy(memory, "app:1", plain, "app:1");
    memory.break_blob(content.root().layers()[1].digest, 1 * MiB);
    DockerArchiveSink broken(directory / "broken.tar", pool);
    memory.forget_calls();
    copy(memory, "app:1", broken, "app:1");
    std::uint64_t whole = 0;
    for (const auto& blob : content.root().blobs())
        whole += blob.size;
    EXPECT_EQ(memory.calls().bytes_read, whole);
    EXPECT_TRUE(open(directory / "broken.tar")->images()[0] == open(path)->images()[0]);
}

TEST_F(DockerArchive, StartsALayerAnewWhereNothingMoreArrives) {
    image::RandomImageOptions options;
    options.layer_bytes = 3 * MiB;
    const auto content = image::random_image(options);
    memory.add(reference("app:1"), content);
    memory.break_blob(content.root().layers()[0].digest, 0, 3);
    DockerArchiveSink sink(path, pool);
    EXPECT_EQ(failure_of([&] { copy(memory, "app:1", sink, "app:1"); }),
              "copying layer " + content.root().layers()[0].digest.to_string() + ": the connection broke");
    copy(memory, "app:1", sink, "app:1");
    EXPECT_EQ(open(path)->images().size(), 1U);
}

TEST_F(DockerArchive, LeavesNothingBehindWhenTheCopyFails) {
    const auto content = image::random_image();
    memory.add(reference("app:1"), content);
    memory.damage_blob(content.root().layers()[0].digest, "other bytes");
    write(path, "what was there");
    DockerArchiveSink sink(path, pool);
    EXPECT_NE(failure_of([&] { copy(memory, "app:1", sink, "app:1"); }), "nothing was thrown");
    EXPECT_EQ(read(path), "what was there");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1);
}

TEST_F(DockerArchive, ChecksLayersAgainstTheConfig) {
    const auto layer = std::string(1024, '\0');
    auto content = image::ImageContent();
    oci::ManifestParts parts;
    parts.config = content.add_blob(config_with({"another layer"}), std::string(oci::media_type::oci_config));
    parts.layers = {content.add_blob(layer, std::string(oci::media_type::oci_layer))};
    content.manifests.push_back(oci::make_manifest(parts));
    memory.add(reference("app:1"), content);
    DockerArchiveSink sink(path, pool);
    const auto digest = oci::Digest::of(layer).to_string();
    EXPECT_EQ(failure_of([&] { copy(memory, "app:1", sink, "app:1"); }),
              "the layer " + digest + " has diff ID " + digest + ", the config promises " +
                  oci::Digest::of("another layer").to_string());
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(DockerArchive, RefusesGzipBombs) {
    ASSERT_EQ(std::system(("head -c 40000000 /dev/zero | gzip -9 > " + (directory / "bomb").string()).c_str()), 0);
    auto content = image::ImageContent();
    oci::ManifestParts parts;
    parts.config = content.add_blob(config_with({"x"}), std::string(oci::media_type::oci_config));
    parts.layers = {content.add_blob(read(directory / "bomb"), std::string(oci::media_type::oci_layer_gzip))};
    content.manifests.push_back(oci::make_manifest(parts));
    memory.add(reference("app:1"), content);
    DockerArchiveSinkOptions by_size;
    by_size.limits.max_bytes = 1'000'000;
    DockerArchiveSink small(path, pool, by_size);
    const auto layer = "copying layer " + parts.layers[0].digest.to_string();
    EXPECT_EQ(failure_of([&] { copy(memory, "app:1", small, "app:1"); }),
              layer + ": the content unpacks to more than 1000000 bytes");
    DockerArchiveSinkOptions by_ratio;
    by_ratio.limits.max_ratio = 100;
    DockerArchiveSink flat(path, pool, by_ratio);
    EXPECT_EQ(failure_of([&] { copy(memory, "app:1", flat, "app:1"); }),
              layer + ": the content unpacks to more than 100 times its size");
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(DockerArchive, RefusesArtifactsAndIndexes) {
    memory.add(reference("app:sbom"), image::random_artifact(1, "application/spdx+json"));
    DockerArchiveSink sink(path, pool);
    EXPECT_EQ(failure_of([&] { copy(memory, "app:sbom", sink, "app:1"); }),
              "app:sbom is an artifact (application/spdx+json); the target holds container images only");
    const std::function<awaitable<void>()> finish = [&]() -> awaitable<void> { co_await sink.finish(); };
    EXPECT_EQ(failure_of([&] { testing::run_async(finish); }), "no image was written to the docker archive");
}

TEST_F(DockerArchive, ReadsOldArchivesWithLinkedLayers) {
    const std::string layer(2048, 'l');
    const auto config = config_with({layer, layer});
    const auto name = oci::Digest::of(config).hex() + ".json";
    const auto manifest = print_docker_manifest({{name, {"old:1"}, {"aa/layer.tar", "bb/layer.tar"}}});
    write(path, testing_tar::directory("aa/") + testing_tar::file("aa/layer.tar", layer) +
                    testing_tar::symlink("bb/layer.tar", "../aa/layer.tar") + testing_tar::file(name, config) +
                    testing_tar::file("manifest.json", manifest) + testing_tar::end());
    auto source = open(path);
    image::MemoryPlace back;
    copy(*source, "old:1", back, "old:1");
    EXPECT_TRUE(back.has_blob(oci::Digest::of(layer)));
    EXPECT_TRUE(back.has_blob(oci::Digest::of(config)));
}

TEST_F(DockerArchive, ReadsNewArchivesWithCompressedLayers) {
    const std::string layer(20'000, 'l');
    write(directory / "layer", layer);
    ASSERT_EQ(std::system(("gzip -n " + (directory / "layer").string()).c_str()), 0);
    const auto compressed = read(directory / "layer.gz");
    const auto config = config_with({layer, layer});
    const auto config_path = "blobs/sha256/" + oci::Digest::of(config).hex();
    const auto named = "blobs/sha256/" + oci::Digest::of(compressed).hex();
    const auto manifest = print_docker_manifest({{config_path, {"new:1"}, {named, "unnamed.tar.gz"}}});
    write(path, testing_tar::file(config_path, config) + testing_tar::file(named, compressed) +
                    testing_tar::file("unnamed.tar.gz", compressed) + testing_tar::file("manifest.json", manifest) +
                    testing_tar::end());
    auto source = open(path);
    image::MemoryPlace back;
    copy(*source, "new:1", back, "new:1");
    EXPECT_TRUE(back.has_blob(oci::Digest::of(compressed)));
    // Into a docker archive again: the diff ID is checked.
    DockerArchiveSink sink(directory / "again.tar", pool);
    copy(*source, "new:1", sink, "new:1");
    EXPECT_EQ(open(directory / "again.tar")->images()[0].layers[0], oci::Digest::of(layer).hex() + ".tar");
}

TEST_F(DockerArchive, ReadsCompressedArchives) {
    memory.add(reference("app:1"), image::random_image());
    DockerArchiveSink sink(path, pool);
    copy(memory, "app:1", sink, "app:1");
    ASSERT_EQ(std::system(("gzip -k " + path.string()).c_str()), 0);
    auto source = open(path.string() + ".gz");
    image::MemoryPlace back;
    copy(*source, "app:1", back, "app:1");
    DockerArchiveOptions options;
    options.max_bytes = 1000;
    EXPECT_NE(failure_of([&] {
                  testing::run_async(
                      [&]() -> awaitable<void> { co_await open_docker_archive(path.string() + ".gz", pool, options); });
              }),
              "nothing was thrown");
}

TEST_F(DockerArchive, RefusesHostileArchives) {
    using testing_tar::end, testing_tar::file, testing_tar::hardlink, testing_tar::symlink;
    const std::string layer(600, 'l');
    const auto config = file("c.json", config_with({layer}));
    const auto manifest = [](const std::string& layers) {
        return file("manifest.json", R"([{"Config":"c.json","RepoTags":null,"Layers":[)" + layers + "]}]");
    };
    const auto named = manifest(R"("l.tar")");
    EXPECT_EQ(read_failure(config + end()), "this is not a docker archive: it has no manifest.json");
    EXPECT_EQ(read_failure(config + named + named + end()), "the archive has more than one manifest.json");
    EXPECT_EQ(read_failure(config + named + file("./x/../manifest.json", "[]") + end()),
              "the archive has more than one manifest.json");
    EXPECT_EQ(read_failure(config + named + end()), "the archive's manifest.json names l.tar, which it does not hold");
    EXPECT_EQ(read_failure(config + manifest(R"("../../etc/passwd")") + end()),
              "the archive's manifest.json is not valid: [0].Layers has a path that leaves the archive");
    EXPECT_EQ(read_failure(config + named + file("../l.tar", layer) + file("/l.tar", layer) + end()),
              "the archive's manifest.json names l.tar, which it does not hold");
    EXPECT_EQ(read_failure(config + named + symlink("l.tar", "/etc/passwd") + end()),
              "the archive's l.tar is a link that leaves the archive");
    EXPECT_EQ(read_failure(config + named + symlink("l.tar", "../../etc/passwd") + end()),
              "the archive's l.tar is a link that leaves the archive");
    EXPECT_EQ(read_failure(config + named + symlink("l.tar", "m.tar") + symlink("m.tar", "l.tar") + end()),
              "the archive's l.tar is a link that leads nowhere");
    EXPECT_EQ(read_failure(config + named + hardlink("l.tar", "/etc/passwd") + end()),
              "the archive's l.tar is a link that leaves the archive");
    EXPECT_EQ(read_failure(config + named + testing_tar::directory("l.tar") + end()),
              "the archive's l.tar is not a regular file");
    EXPECT_EQ(read_failure(config + manifest("") + end()), "the archive's c.json has 0 layers, its config 1");
    EXPECT_EQ(read_failure(file("c.json", "[]") + named + end()).find("the archive's c.json is not a valid image"), 0U);
    EXPECT_NE(read_failure(config + named + file("l.tar", "not the layer") + end()).find("sha256:"), std::string::npos);
    EXPECT_NE(read_failure((config + named).substr(0, 900)), "nothing was thrown");
    EXPECT_NE(read_failure(""), "nothing was thrown");
}

} // namespace
} // namespace cang::archive
