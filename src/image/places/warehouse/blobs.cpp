#include "image/places/warehouse/core.hpp"

#include "base/error.hpp"
#include "base/oci/image_config.hpp"
#include "image/store/layer_store.hpp"

#include <fmt/format.h>

namespace cang::warehouse {

namespace {

// Of those that hold a blob, so many are asked whether somebody may read it there.
constexpr std::size_t kMaxHolders = 1'000;

} // namespace

awaitable<std::optional<content::ObjectInfo>> Warehouse::find_blob(std::string repository, oci::Digest digest) {
    // Pinned, so that the collector either is done with the blob, and then it is absent, or leaves it alone.
    DigestGuard::Pin pin = co_await core_->guard.pin(digest);
    auto select = [&](sql::Connection& connection) {
        return store::BlobStore(connection).find_blob(repository, digest);
    };
    std::optional<store::ObjectRow> row = co_await core_->database.read(select);
    if (!row)
        co_return std::nullopt;
    co_await core_->touch(digest);
    co_return content::ObjectInfo{row->digest, row->size};
}

awaitable<void> Warehouse::link_blob(std::string repository, content::ObjectInfo object) {
    DigestGuard::Pin pin = co_await core_->guard.pin(object.digest);
    std::optional<content::ObjectInfo> present = co_await core_->files.find(object.digest);
    if (!present)
        throw Error(ErrorKind::unavailable,
                    fmt::format("blob {} is not in the store any more; push it again", object.digest.to_string()));
    Timestamp now = core_->clock.now();
    auto link = [this, repository, object = *present, now](sql::Connection& connection) {
        store::BlobStore blobs(connection);
        store::RowId id = store::RepositoryStore(connection).ensure(repository, now);
        blobs.link(id, blobs.ensure_object(object.digest, object.size, now));
        core_->quotas.require_kept(connection, repository, object.size);
    };
    co_await core_->database.write(std::move(link));
    co_await core_->touch(object.digest);
}

awaitable<void> Warehouse::require_room(std::string repository) {
    auto look = [&repository](sql::Connection& connection) {
        Quotas::require_room(connection, repository);
        return true;
    };
    co_await core_->database.read(look);
}

awaitable<bool> Warehouse::mount_blob(std::string repository, oci::Digest digest, std::string from, MayRead may_read) {
    DigestGuard::Pin pin = co_await core_->guard.pin(digest);
    auto find = [digest, from, may_read](sql::Connection& connection) -> std::optional<store::ObjectRow> {
        store::BlobStore blobs(connection);
        if (!from.empty())
            return blobs.find_blob(from, digest);
        if (may_read && std::ranges::none_of(blobs.list_holders(digest, kMaxHolders), may_read))
            return std::nullopt;
        return blobs.find_blob_anywhere(digest);
    };
    // Most mounts that fail do so here, without waiting for the writer.
    std::optional<store::ObjectRow> seen = co_await core_->database.read(find);
    if (!seen)
        co_return false;
    Timestamp now = core_->clock.now();
    auto link = [this, find, repository, now](sql::Connection& connection) {
        std::optional<store::ObjectRow> blob = find(connection);
        if (!blob)
            return false;
        store::BlobStore blobs(connection);
        blobs.link(store::RepositoryStore(connection).ensure(repository, now), blob->id);
        blobs.touch(blob->digest, now);
        core_->quotas.require_kept(connection, repository, blob->size);
        return true;
    };
    bool mounted = co_await core_->database.write(std::move(link));
    if (mounted)
        co_await core_->touch(digest);
    co_return mounted;
}

awaitable<bool> Warehouse::delete_blob(std::string repository, oci::Digest digest) {
    auto unlink = [repository, digest](sql::Connection& connection) {
        store::BlobStore blobs(connection);
        std::optional<store::RowId> id = store::RepositoryStore(connection).find(repository);
        std::optional<store::ObjectRow> blob;
        if (id)
            blob = blobs.find_blob(*id, digest);
        if (!blob)
            return false;
        if (blobs.is_used(*id, blob->id))
            throw Error(ErrorKind::conflict,
                        fmt::format("blob {} is used by a manifest of repository {}", digest.to_string(), repository));
        return blobs.unlink(*id, blob->id);
    };
    co_return co_await core_->database.write(std::move(unlink));
}

awaitable<std::optional<oci::ImageConfig>> Warehouse::Core::read_config(const oci::Manifest& manifest) {
    const std::optional<oci::Descriptor>& config = manifest.config();
    if (!config || !oci::is_config(config->media_type) || config->size > oci::ImageConfig::max_bytes)
        co_return std::nullopt;
    std::optional<content::ObjectInfo> object = co_await files.find(config->digest);
    if (!object || object->size > oci::ImageConfig::max_bytes)
        co_return std::nullopt;
    content::ByteRange whole;
    io::ReaderPtr reader = co_await files.open(config->digest, whole);
    std::string bytes = co_await io::read_all(*reader, oci::ImageConfig::max_bytes);
    auto parsed = oci::ImageConfig::parse(bytes);
    if (!parsed)
        co_return std::nullopt;
    co_return std::move(*parsed);
}

awaitable<std::optional<oci::Descriptor>> Warehouse::find_layer(oci::Digest diff_id) {
    auto select = [&](sql::Connection& connection) { return store::LayerStore(connection).find(diff_id); };
    std::optional<oci::Descriptor> layer = co_await core_->database.read(select);
    if (!layer)
        co_return std::nullopt;
    // A blob that no repository holds any more is only waiting for its collection.
    DigestGuard::Pin pin = co_await core_->guard.pin(layer->digest);
    auto held = [&](sql::Connection& connection) {
        return store::BlobStore(connection).find_blob_anywhere(layer->digest).has_value();
    };
    bool present = co_await core_->database.read(held);
    if (!present)
        co_return std::nullopt;
    co_await core_->touch(layer->digest);
    co_return layer;
}

awaitable<void> Warehouse::remember_layer(oci::Digest diff_id, oci::Descriptor blob) {
    auto put = [diff_id, blob](sql::Connection& connection) { store::LayerStore(connection).put(diff_id, blob); };
    co_await core_->database.write(std::move(put));
}

} // namespace cang::warehouse
