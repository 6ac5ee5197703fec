// For this room's tests: a warehouse in a directory of its own, and small images to put in.
#pragma once

#include "image/places/warehouse/collector.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::warehouse {

struct SmallImage {
    std::vector<std::string> blobs; // config, then layers
    oci::Manifest manifest;
};

inline oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
    oci::Descriptor descriptor;
    descriptor.media_type = std::string(media_type);
    descriptor.digest = oci::Digest::of(bytes);
    descriptor.size = bytes.size();
    return descriptor;
}

// Images with the same seed are the same; the last layer is the same in all images.
inline SmallImage make_image(std::string_view seed, std::optional<oci::Descriptor> subject = {},
                             std::string artifact_type = {}) {
    std::vector<std::string> blobs{"{\"config\":\"" + std::string(seed) + "\"}", "layer of " + std::string(seed),
                                   "the base layer"};
    oci::ManifestParts parts;
    parts.config = describe(oci::media_type::oci_config, blobs[0]);
    parts.layers.push_back(describe(oci::media_type::oci_layer, blobs[1]));
    parts.layers.push_back(describe(oci::media_type::oci_layer, blobs[2]));
    parts.subject = std::move(subject);
    parts.artifact_type = std::move(artifact_type);
    return {std::move(blobs), oci::make_manifest(parts)};
}

inline awaitable<oci::Digest> push_blob(Warehouse& warehouse, std::string repository, std::string bytes) {
    auto digest = oci::Digest::of(std::string_view(bytes));
    auto ingest = co_await warehouse.objects().begin_ingest(digest.algorithm());
    co_await ingest->write(as_bytes(bytes));
    content::ObjectInfo object = co_await ingest->commit(digest);
    co_await warehouse.link_blob(std::move(repository), object);
    co_return digest;
}

inline awaitable<void> push_image(Warehouse& warehouse, std::string repository, SmallImage image,
                                  std::vector<std::string> tags) {
    for (const std::string& blob : image.blobs)
        co_await push_blob(warehouse, repository, blob);
    co_await warehouse.put_manifest(repository, image.manifest, std::move(tags));
}

inline awaitable<std::string> read_blob(Warehouse& warehouse, oci::Digest digest) {
    content::ByteRange whole;
    auto reader = co_await warehouse.objects().open(digest, whole);
    co_return co_await io::read_all(*reader, 64 * 1024 * 1024);
}

class WarehouseFixture : public ::testing::Test {
protected:
    WarehouseFixture() { open(); }
    ~WarehouseFixture() override {
        warehouse.reset();
        pool.join();
    }
    void open() {
        warehouse.reset();
        WarehouseOptions options;
        options.data_directory = directory.path();
        options.grace = std::chrono::hours(1);
        warehouse = std::make_unique<Warehouse>(options, clock, pool);
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    std::unique_ptr<Warehouse> warehouse;
    const std::vector<std::string> no_tags;
    const CollectOptions plain;
};

// The message of the Error that `action` throws; empty when it throws none.
inline awaitable<std::optional<Error>> error_of(awaitable<void> action) {
    std::optional<Error> caught;
    try {
        co_await std::move(action);
    } catch (const Error& error) {
        caught = error;
    }
    co_return caught;
}

} // namespace cang::warehouse
