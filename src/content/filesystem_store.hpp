// Objects as files in one directory of a local filesystem; see store_layout.hpp.
//
// A directory belongs to one process at a time.
#pragma once

#include "async/run_blocking.hpp"
#include "content/block_buffers.hpp"
#include "content/ingest_holds.hpp"
#include "content/object_store.hpp"
#include "content/store_layout.hpp"

namespace cang::content {

class FilesystemStore final : public ObjectStore {
public:
    // Creates what is missing of the layout. The pool must outlive the store, the store its ingests and readers.
    FilesystemStore(std::filesystem::path root, async::BlockingPool& pool);

    awaitable<std::optional<ObjectInfo>> find(const oci::Digest& digest) override;
    awaitable<io::ReaderPtr> open(const oci::Digest& digest, ByteRange range = {}) override;
    awaitable<std::unique_ptr<Ingest>>
    begin_ingest(oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256) override;
    awaitable<std::unique_ptr<Ingest>> ensure_ingest(const std::string& id) override;
    awaitable<std::unique_ptr<Ingest>> resume_ingest(const std::string& id) override;
    awaitable<std::vector<IngestInfo>> list_ingests() override;
    awaitable<int> open_file(const oci::Digest& digest) override;
    awaitable<bool> erase(const oci::Digest& digest) override;
    awaitable<void> walk(std::function<void(const ObjectInfo&)> visit) override;

private:
    StoreLayout layout_;
    async::BlockingPool& pool_;
    BlockBuffers buffers_;
    IngestHolds holds_;
};

} // namespace cang::content
