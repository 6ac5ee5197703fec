#include "image/places/warehouse/warehouse_sink.hpp"

#include "base/error.hpp"
#include "image/places/warehouse/core.hpp"
#include "image/places/warehouse/warehouse_source.hpp"
#include "io/compression.hpp"
#include "io/hash.hpp"
#include "io/pump.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>
#include <unordered_set>

namespace cang::warehouse {

namespace {

constexpr std::size_t buffer_bytes = 256 * KiB;
// A kill costs at most this much of a blob's transfer.
constexpr std::uint64_t suspend_bytes = 64 * MiB;
// Child manifests wait for commit() in memory, so that nothing shows before; beyond this they go in without a tag.
constexpr std::size_t staged_bytes = 16 * MiB;

class WarehouseDelivery final : public image::Delivery {
public:
    WarehouseDelivery(Warehouse& warehouse, oci::Reference target, WarehouseWriter writer)
        : warehouse_(warehouse), writer_(std::move(writer)), repository_(target.repository) {
        if (target.tag || !target.digest)
            tags_.push_back(target.tag.value_or("latest"));
    }

    awaitable<bool> has(const oci::Descriptor& descriptor, const std::string& origin) override;
    awaitable<void> put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                             const image::ByteCount& arrived) override;
    awaitable<void> put_manifest(const oci::Manifest& manifest) override;
    awaitable<oci::Descriptor> commit(const oci::Manifest& root) override;

private:
    awaitable<std::unique_ptr<content::Ingest>> begin_ingest(const oci::Descriptor& descriptor);
    bool is_staged(const oci::Digest& digest) const;

    Warehouse& warehouse_;
    const WarehouseWriter writer_;
    std::string repository_;
    std::vector<std::string> tags_;
    std::vector<oci::Manifest> staged_;
    std::size_t staged_bytes_ = 0;
};

// Takes what is missing. Stops at the first byte too many.
awaitable<void> receive(content::Ingest& ingest, const oci::Descriptor& descriptor, const image::BlobOpener& open,
                        const image::ByteCount& arrived) {
    io::ReaderPtr reader = co_await open(ingest.offset());
    std::vector<std::byte> spare;
    std::uint64_t unsaved = 0;
    for (;;) {
        // The ingest's own buffer, where it has one, saves a copy.
        MutableBytes buffer = ingest.buffer();
        bool own = buffer.empty();
        if (own) {
            spare.resize(buffer_bytes);
            buffer = spare;
        }
        std::size_t length = co_await reader->read(buffer);
        if (length == 0)
            co_return;
        if (length > descriptor.size - ingest.offset())
            throw Error(ErrorKind::corrupt, fmt::format("blob {} is longer than its {} bytes",
                                                        descriptor.digest.to_string(), descriptor.size));
        if (own)
            co_await ingest.write(buffer.first(length));
        else
            co_await ingest.advance(length);
        arrived(length);
        unsaved += length;
        if (unsaved >= suspend_bytes) {
            co_await ingest.suspend();
            unsaved = 0;
        }
    }
}

// Is the manifest there with all manifests below it? A child of an index may have been deleted since; then a copy has
// to bring it again. Each is looked at once, however often indexes name it; beyond the limit the copy looks for itself.
awaitable<bool> is_whole(Warehouse& warehouse, const std::string& repository, const oci::Digest& digest) {
    std::vector<oci::Digest> below{digest};
    std::unordered_set<oci::Digest> known{digest};
    while (!below.empty() && known.size() <= oci::ManifestLimits::descriptors) {
        oci::Digest next = std::move(below.back());
        below.pop_back();
        StoredManifestPtr found = co_await warehouse.find_manifest(repository, next.to_string());
        if (!found)
            co_return false;
        if (!oci::is_index(found->media_type))
            continue;
        oci::Manifest index = oci::require_manifest(*found->bytes, found->media_type, next.algorithm());
        for (const oci::Descriptor& child : index.manifests())
            if (oci::is_manifest(child.media_type) && known.insert(child.digest).second)
                below.push_back(child.digest);
    }
    co_return below.empty();
}

awaitable<bool> WarehouseDelivery::has(const oci::Descriptor& descriptor, const std::string& origin) {
    (void)origin; // the warehouse knows itself what it holds
    if (is_staged(descriptor.digest))
        co_return true;
    if (oci::is_manifest(descriptor.media_type))
        co_return co_await is_whole(warehouse_, repository_, descriptor.digest);
    std::optional<content::ObjectInfo> blob = co_await warehouse_.find_blob(repository_, descriptor.digest);
    if (blob)
        co_return true;
    co_return co_await warehouse_.mount_blob(repository_, descriptor.digest, "", writer_.may_read);
}

// The kept ingest, unless another copy of the same blob is using it just now; or from the start again when it holds
// more than the blob.
awaitable<std::unique_ptr<content::Ingest>> WarehouseDelivery::begin_ingest(const oci::Descriptor& descriptor) {
    content::ObjectStore& objects = warehouse_.objects();
    std::unique_ptr<content::Ingest> ingest;
    try {
        ingest = co_await objects.ensure_ingest(ingest_id(descriptor));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::conflict)
            throw;
    }
    if (ingest && ingest->offset() > descriptor.size) {
        co_await ingest->abort();
        ingest.reset();
    }
    if (!ingest)
        ingest = co_await objects.begin_ingest(descriptor.digest.algorithm());
    co_return ingest;
}

awaitable<void> WarehouseDelivery::put_blob(const oci::Descriptor& descriptor, const image::BlobOpener& open,
                                            const image::ByteCount& arrived) {
    std::unique_ptr<content::Ingest> ingest = co_await begin_ingest(descriptor);
    std::exception_ptr broken;
    try {
        if (ingest->offset() < descriptor.size)
            co_await receive(*ingest, descriptor, open, arrived);
    } catch (...) {
        broken = std::current_exception();
    }
    if (broken) {
        // Also when the copy was cancelled, which would make every further await throw.
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await ingest->suspend();
        std::rethrow_exception(broken);
    }
    if (ingest->offset() != descriptor.size) {
        std::uint64_t offset = ingest->offset();
        co_await ingest->suspend();
        throw Error(ErrorKind::unavailable, fmt::format("blob {} ended after {} of {} bytes",
                                                        descriptor.digest.to_string(), offset, descriptor.size));
    }
    content::ObjectInfo object = co_await ingest->commit(descriptor.digest);
    co_await warehouse_.link_blob(repository_, object);
}

awaitable<void> WarehouseDelivery::put_manifest(const oci::Manifest& manifest) {
    if (is_staged(manifest.digest()))
        co_return;
    staged_.push_back(manifest);
    staged_bytes_ += manifest.bytes().size();
    if (staged_bytes_ <= staged_bytes)
        co_return;
    std::vector<oci::Manifest> full = std::exchange(staged_, {});
    staged_bytes_ = 0;
    std::vector<std::string> no_tags;
    co_await warehouse_.put_manifests(repository_, std::move(full), std::move(no_tags), writer_.actor);
}

awaitable<oci::Descriptor> WarehouseDelivery::commit(const oci::Manifest& root) {
    std::erase_if(staged_, [&](const oci::Manifest& one) { return one.digest() == root.digest(); });
    std::vector<oci::Manifest> all = std::exchange(staged_, {});
    all.push_back(root);
    co_await warehouse_.put_manifests(repository_, std::move(all), tags_, writer_.actor);
    oci::Descriptor descriptor;
    descriptor.media_type = root.media_type();
    descriptor.digest = root.digest();
    descriptor.size = root.bytes().size();
    co_return descriptor;
}

bool WarehouseDelivery::is_staged(const oci::Digest& digest) const {
    return std::ranges::any_of(staged_, [&](const oci::Manifest& one) { return one.digest() == digest; });
}

awaitable<oci::Digest> inflated_digest(Warehouse& warehouse, oci::Digest blob, oci::DigestAlgorithm algorithm) {
    io::Hash hash(algorithm);
    content::ByteRange whole;
    io::ReaderPtr stored = co_await warehouse.objects().open(blob, whole);
    async::BlockingPool& pool = warehouse.core().pool;
    io::ReaderPtr inflated = co_await io::decompress(std::move(stored), pool);
    const std::vector<io::BlockConsumer> consumers{[&hash](ByteView bytes) { hash.update(bytes); }};
    co_await io::pump(*inflated, pool, consumers);
    co_return hash.digest();
}

} // namespace

std::string ingest_id(const oci::Descriptor& descriptor) {
    return oci::Digest::of(fmt::format("{} {}", descriptor.digest.to_string(), descriptor.size)).hex();
}

awaitable<std::unique_ptr<image::Delivery>> WarehouseSink::begin(const oci::Reference& target) {
    co_return std::make_unique<WarehouseDelivery>(warehouse_, target, writer_);
}

awaitable<std::optional<oci::Descriptor>> WarehouseSink::find_current(const oci::Reference& target) {
    WarehouseSource source(warehouse_, target.repository);
    std::optional<oci::Descriptor> current = co_await source.find(target);
    if (!current)
        co_return std::nullopt;
    bool whole = co_await is_whole(warehouse_, target.repository, current->digest);
    if (!whole)
        co_return std::nullopt;
    co_return current;
}

awaitable<std::optional<oci::Descriptor>> WarehouseSink::find_layer(oci::Digest diff_id) {
    std::optional<oci::Descriptor> layer = co_await warehouse_.find_layer(diff_id);
    if (!layer)
        co_return std::nullopt;
    bool proved = false;
    try {
        oci::Digest content = co_await inflated_digest(warehouse_, layer->digest, diff_id.algorithm());
        proved = content == diff_id;
    } catch (const Error& error) {
        // A blob that is no layer at all is not this one.
        if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::invalid_argument &&
            error.kind() != ErrorKind::not_found)
            throw;
    }
    if (!proved)
        layer.reset();
    co_return layer;
}

} // namespace cang::warehouse
