// An upload on its way to the disk: one block fills from the network while the one before is hashed and written.
#pragma once

#include "async/blocking_job.hpp"
#include "content/block_buffers.hpp"
#include "content/ingest_file.hpp"

namespace cang::content {

class FilesystemIngest final : public Ingest {
public:
    // `on_disk`: the file exists already (a resumed ingest). Buffers and pool outlive the ingest.
    FilesystemIngest(std::string id, std::shared_ptr<IngestFile> file, bool on_disk, BlockBuffers& buffers,
                     async::BlockingPool& pool);
    ~FilesystemIngest() override;

    const std::string& id() const override { return id_; }
    std::uint64_t offset() const override { return base_ + used_; }
    awaitable<void> write(ByteView chunk) override;
    MutableBytes buffer() override;
    awaitable<void> advance(std::size_t bytes) override;
    awaitable<void> suspend() override;
    awaitable<ObjectInfo> commit(const oci::Digest& expected) override;
    awaitable<void> abort() override;

private:
    std::size_t capacity() const;
    awaitable<void> send_block();
    awaitable<void> settle();
    void require_usable() const;
    void finish();

    std::string id_;
    std::shared_ptr<IngestFile> file_; // null after commit and abort
    BlockBuffers& buffers_;
    async::BlockingPool& pool_;

    std::uint64_t base_;           // offset of the first byte in block_
    std::shared_ptr<Block> block_; // being filled
    std::size_t used_ = 0;
    std::shared_ptr<Block> in_flight_; // being hashed and written; its bytes end at base_
    std::uint64_t in_flight_base_ = 0;
    async::BlockingJob<void> hashing_;
    async::BlockingJob<void> writing_;
    std::uint64_t state_saved_at_;
    bool on_disk_;
    std::exception_ptr failure_;
    std::optional<ObjectInfo> committed_;
};

} // namespace cang::content
