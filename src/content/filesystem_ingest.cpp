#include "content/filesystem_ingest.hpp"

#include <cstring>

namespace cang::content {

namespace {

// How many bytes at most are hashed a second time after a kill.
constexpr std::uint64_t kStateInterval = 16 * MiB;

} // namespace

FilesystemIngest::FilesystemIngest(std::string id, std::shared_ptr<IngestFile> file, bool on_disk,
                                   BlockBuffers& buffers, async::BlockingPool& pool)
    : id_(std::move(id)), file_(std::move(file)), buffers_(buffers), pool_(pool), base_(file_->hashed()),
      state_saved_at_(base_), on_disk_(on_disk) {}

FilesystemIngest::~FilesystemIngest() {
    if (!file_)
        return;
    // Somebody may come back for it by its id, even when nothing was written so far.
    if (!on_disk_) {
        try {
            file_->ensure_created();
        } catch (const Error&) {
            on_disk_ = false; // a full disk: then there is nothing to come back to
        }
    }
    file_->close_hold();
}

void FilesystemIngest::require_usable() const {
    if (failure_)
        std::rethrow_exception(failure_);
    if (!file_)
        throw Error(ErrorKind::not_found, "the upload is gone");
}

// A resumed ingest may start within a page: its first block ends early, so that all later ones start on a page.
std::size_t FilesystemIngest::capacity() const { return block_->bytes().size() - base_ % kBlockAlignment; }

MutableBytes FilesystemIngest::buffer() {
    require_usable();
    if (!block_)
        block_ = buffers_.acquire();
    return block_->bytes().first(capacity()).subspan(used_);
}

awaitable<void> FilesystemIngest::advance(std::size_t bytes) {
    used_ += bytes;
    if (block_ && used_ == capacity())
        co_await send_block();
}

awaitable<void> FilesystemIngest::write(ByteView chunk) {
    while (!chunk.empty()) {
        auto space = buffer();
        auto length = std::min(space.size(), chunk.size());
        std::memcpy(space.data(), chunk.data(), length);
        chunk = chunk.subspan(length);
        co_await advance(length);
    }
}

// Hands the full block to the pool and takes the one that came back.
awaitable<void> FilesystemIngest::send_block() {
    co_await settle();
    require_usable();
    auto spare = std::exchange(in_flight_, std::move(block_));
    auto bytes = in_flight_->bytes().first(used_);
    std::optional<std::string> state;
    if (base_ - state_saved_at_ >= kStateInterval) {
        state = file_->saved_hash();
        state_saved_at_ = base_;
    }
    on_disk_ = true;
    in_flight_base_ = base_;
    auto hash = [file = file_, block = in_flight_, bytes] { file->hash(bytes); };
    auto write = [file = file_, block = in_flight_, bytes, offset = base_, state = std::move(state)] {
        file->write(bytes, offset);
        if (state)
            file->save_state(*state);
    };
    hashing_ = async::BlockingJob<void>::start(pool_, std::move(hash));
    writing_ = async::BlockingJob<void>::start(pool_, std::move(write));
    base_ += std::exchange(used_, 0);
    block_ = std::move(spare);
}

// Waits for the block in flight. When it failed, the ingest stands where that block began.
awaitable<void> FilesystemIngest::settle() {
    if (!hashing_)
        co_return;
    // Cancelled in between, the caller must still learn what became of the block; it stops at its own next await.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
        co_await hashing_.wait();
    } catch (...) {
        failure_ = std::current_exception();
    }
    try {
        co_await writing_.wait();
    } catch (...) {
        failure_ = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (failure_) {
        base_ = in_flight_base_;
        used_ = 0;
    }
}

awaitable<void> FilesystemIngest::suspend() {
    if (!file_)
        co_return;
    co_await settle();
    require_usable();
    on_disk_ = true;
    auto work = [file = file_, block = block_, used = used_, offset = base_] {
        if (used != 0) {
            auto bytes = block->bytes().first(used);
            file->write(bytes, offset);
            file->hash(bytes);
        }
        file->save_state(file->saved_hash());
    };
    try {
        co_await async::run_blocking(pool_, std::move(work));
    } catch (...) {
        failure_ = std::current_exception();
        used_ = 0;
    }
    require_usable();
    base_ += std::exchange(used_, 0);
    state_saved_at_ = base_;
    block_.reset();
    in_flight_.reset();
}

awaitable<ObjectInfo> FilesystemIngest::commit(const oci::Digest& expected) {
    if (committed_ && committed_->digest == expected)
        co_return *committed_;
    co_await settle();
    require_usable();
    on_disk_ = true;
    auto work = [file = file_, block = block_, used = used_, offset = base_, expected] {
        auto tail = block ? ByteView(block->bytes()).first(used) : ByteView();
        return file->publish(tail, offset, expected);
    };
    std::exception_ptr failed;
    try {
        committed_ = co_await async::run_blocking(pool_, std::move(work));
    } catch (const Error& error) {
        failed = std::current_exception();
        if (error.kind() == ErrorKind::corrupt)
            finish();
    }
    if (failed)
        std::rethrow_exception(failed);
    finish();
    co_return *committed_;
}

awaitable<void> FilesystemIngest::abort() {
    if (!file_)
        co_return;
    co_await settle();
    auto work = [file = file_] { file->remove(); };
    co_await async::run_blocking(pool_, std::move(work));
    finish();
}

void FilesystemIngest::finish() {
    file_.reset();
    block_.reset();
    in_flight_.reset();
}

} // namespace cang::content
