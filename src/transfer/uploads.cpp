#include "transfer/uploads.hpp"

#include "base/utf8.hpp"
#include "image/store/archive_upload_store.hpp"
#include "io/file.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <fcntl.h>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

constexpr std::size_t kIdBytes = 16; // random: whoever does not know it does not find it
constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kRemovals = 100; // in one read of the database
constexpr std::string_view kStoring = "storing the upload";

void check_name(std::string_view name) {
    auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (name.empty() || name.size() > Uploads::max_name || !is_utf8(name) || std::ranges::any_of(name, control))
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("name must be 1 to {} bytes of printable text", Uploads::max_name));
}

void check_size(std::uint64_t size) {
    if (size == 0 || size > Uploads::max_bytes)
        throw Error(ErrorKind::invalid_argument, fmt::format("size must be from 1 to {} bytes", Uploads::max_bytes));
}

[[noreturn]] void throw_not_found() { throw Error(ErrorKind::not_found, "there is no such upload"); }

std::uint64_t length_of(const std::filesystem::path& path) {
    auto file = io::find_file(path, O_RDONLY, kStoring);
    return file ? io::file_size(*file, kStoring) : 0;
}

Upload to_upload(store::ArchiveUploadRow row, std::uint64_t offset) {
    return {.id = std::move(row.id),
            .name = std::move(row.name),
            .size = row.size,
            .offset = std::min(offset, row.size),
            .created_at = row.created_at,
            .expires_at = row.expires_at,
            .created_by = std::move(row.created_by)};
}

} // namespace

// The right to write to one file, until another one takes it. Its methods block.
class Uploads::Writing {
public:
    Writing(Uploads& uploads, std::string id) : uploads_(uploads), id_(std::move(id)), turn_(uploads_.turn_of(id_)) {}
    ~Writing() { uploads_.forget_turn(id_, std::move(turn_)); }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    // False when the file does not end at `offset`; whoever is writing then stays the writer.
    bool begin(std::uint64_t offset) {
        std::lock_guard lock(turn_->mutex);
        file_ = io::open_file(uploads_.directory_ / id_, O_RDWR | O_CREAT, kStoring, 0600);
        offset_ = io::file_size(file_, kStoring);
        if (offset_ != offset)
            return false;
        writer_ = ++turn_->writer;
        return true;
    }
    void write(ByteView bytes) {
        std::lock_guard lock(turn_->mutex);
        if (turn_->writer != writer_)
            throw Error(ErrorKind::conflict, "another request goes on with this upload");
        io::write_at(file_, bytes, offset_, kStoring);
        offset_ += bytes.size();
    }
    void sync() { io::sync_file(file_, kStoring); }
    std::uint64_t offset() const noexcept { return offset_; }

private:
    Uploads& uploads_;
    std::string id_;
    std::shared_ptr<Turn> turn_;
    io::FileDescriptor file_;
    std::uint64_t offset_ = 0;
    std::uint64_t writer_ = 0;
};

Uploads::Uploads(std::filesystem::path directory, sql::Database& database, const Clock& clock,
                 async::BlockingPool& pool)
    : directory_(std::move(directory)), database_(database), clock_(clock), pool_(pool) {
    io::create_directories(directory_, kStoring);
}

std::shared_ptr<Uploads::Turn> Uploads::turn_of(const std::string& id) {
    std::lock_guard lock(mutex_);
    auto& turn = turns_[id];
    if (!turn)
        turn = std::make_shared<Turn>();
    return turn;
}

void Uploads::forget_turn(const std::string& id, std::shared_ptr<Turn> turn) {
    std::lock_guard lock(mutex_);
    turn.reset();
    auto found = turns_.find(id);
    if (found != turns_.end() && found->second.use_count() == 1)
        turns_.erase(found);
}

bool Uploads::is_written(const std::string& id) {
    std::lock_guard lock(mutex_);
    return turns_.contains(id);
}

void Uploads::check_room(std::uint64_t bytes) const {
    std::error_code unknown;
    auto space = std::filesystem::space(directory_, unknown);
    if (!unknown && space.available < bytes)
        throw Error(ErrorKind::unavailable, fmt::format("the server's disk has room for {}, and the archive has {}",
                                                        human_bytes(space.available), human_bytes(bytes)));
}

awaitable<Upload> Uploads::create(std::string name, std::uint64_t size, std::string created_by) {
    check_name(name);
    check_size(size);
    auto look = [this, size] { check_room(size); };
    co_await async::run_blocking(pool_, std::move(look));
    auto now = clock_.now();
    store::ArchiveUploadRow row{.id = random_hex(kIdBytes),
                                .name = std::move(name),
                                .size = size,
                                .created_at = now,
                                .expires_at = now + kept,
                                .created_by = std::move(created_by)};
    auto write = [row](sql::Connection& connection) { store::ArchiveUploadStore(connection).create(row); };
    co_await database_.write(std::move(write));
    co_return to_upload(std::move(row), 0);
}

awaitable<Upload> Uploads::get(std::string id) {
    auto look = [id](sql::Connection& connection) { return store::ArchiveUploadStore(connection).find(id); };
    auto row = co_await database_.read(std::move(look));
    if (!row || row->expires_at < clock_.now())
        throw_not_found();
    // The id is the row's from here on, so it is one of ours.
    auto measure = [path = directory_ / row->id] { return length_of(path); };
    auto offset = co_await async::run_blocking(pool_, std::move(measure));
    co_return to_upload(std::move(*row), offset);
}

awaitable<void> Uploads::extend(std::string id) {
    auto write = [id = std::move(id), until = clock_.now() + kept](sql::Connection& connection) {
        return store::ArchiveUploadStore(connection).extend(id, until);
    };
    auto known = co_await database_.write(std::move(write));
    if (!known)
        throw_not_found();
}

awaitable<Upload> Uploads::keep(std::string id) {
    co_await extend(id);
    co_return co_await get(std::move(id));
}

// Block by block, so that nothing is lost when the next read fails.
awaitable<void> Uploads::fill(Writing& writing, io::Reader& bytes, std::uint64_t limit) {
    auto block = std::make_unique_for_overwrite<std::byte[]>(kBlockBytes);
    MutableBytes room(block.get(), kBlockBytes);
    for (;;) {
        auto length = co_await bytes.read(room);
        if (length == 0)
            co_return;
        if (length > limit - writing.offset())
            throw Error(ErrorKind::invalid_argument, fmt::format("the archive has more than {} bytes", limit));
        // What was received is stored, also when the request is cancelled meanwhile; the next read ends it.
        co_await asio::this_coro::throw_if_cancelled(false);
        auto store = [&writing, filled = room.first(length)] { writing.write(filled); };
        co_await async::run_blocking(pool_, std::move(store));
        co_await asio::this_coro::throw_if_cancelled(true);
    }
}

awaitable<Uploads::Appended> Uploads::append(std::string id, std::uint64_t offset, io::Reader& bytes) {
    auto upload = co_await get(std::move(id));
    Writing writing(*this, upload.id);
    auto begin = [&writing, offset] { return writing.begin(offset); };
    auto accepted = co_await async::run_blocking(pool_, std::move(begin));
    if (!accepted)
        co_return Appended{.accepted = false, .offset = writing.offset()};
    co_await extend(upload.id);
    co_await fill(writing, bytes, upload.size);
    if (writing.offset() == upload.size) {
        auto sync = [&writing] { writing.sync(); };
        co_await async::run_blocking(pool_, std::move(sync));
    }
    co_return Appended{.accepted = true, .offset = writing.offset()};
}

awaitable<Upload> Uploads::receive(std::string name, io::Reader& bytes, std::string created_by) {
    check_name(name);
    store::ArchiveUploadRow row{.id = random_hex(kIdBytes),
                                .name = std::move(name),
                                .size = 0,
                                .created_at = {},
                                .expires_at = {},
                                .created_by = std::move(created_by)};
    Writing writing(*this, row.id);
    std::exception_ptr failure;
    try {
        auto begin = [&writing] { writing.begin(0); };
        co_await async::run_blocking(pool_, std::move(begin));
        co_await fill(writing, bytes, max_bytes);
        check_size(writing.offset());
        auto sync = [&writing] { writing.sync(); };
        co_await async::run_blocking(pool_, std::move(sync));
        row.size = writing.offset();
        row.created_at = clock_.now();
        row.expires_at = row.created_at + kept;
        auto write = [row](sql::Connection& connection) { store::ArchiveUploadStore(connection).create(row); };
        co_await database_.write(std::move(write));
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure)
        co_return to_upload(row, row.size);
    // A cancelled coroutine throws at every await; the file must go all the same.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto erase = [path = directory_ / row.id] { io::remove_file(path, kStoring); };
    co_await async::run_blocking(pool_, std::move(erase));
    std::rethrow_exception(failure);
}

awaitable<bool> Uploads::remove(std::string id) {
    auto erase = [id](sql::Connection& connection) { return store::ArchiveUploadStore(connection).remove(id); };
    auto known = co_await database_.write(std::move(erase));
    if (!known)
        co_return false;
    // Known, so the id is one of ours and no path. A crash in between leaves a file that remove_expired() finds.
    auto unlink = [path = directory_ / id] { io::remove_file(path, "removing the upload"); };
    co_await async::run_blocking(pool_, std::move(unlink));
    co_return true;
}

std::vector<std::filesystem::path> Uploads::list_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
        files.push_back(entry.path());
    return files;
}

awaitable<std::size_t> Uploads::remove_expired() {
    auto expired = [now = clock_.now()](sql::Connection& connection) {
        return store::ArchiveUploadStore(connection).list_expired(now, kRemovals);
    };
    std::size_t removed = 0;
    for (;;) {
        auto ids = co_await database_.read(expired);
        for (const auto& id : ids) {
            auto there = co_await remove(id);
            removed += there ? 1 : 0;
        }
        if (ids.size() < kRemovals)
            break;
    }
    auto list = [this] { return list_files(); };
    auto files = co_await async::run_blocking(pool_, std::move(list));
    for (const auto& file : files) {
        auto id = file.filename().string();
        auto look = [id](sql::Connection& connection) { return store::ArchiveUploadStore(connection).find(id); };
        // In this order: one that is received whole gets its row while it is still written.
        bool written = is_written(id);
        auto row = co_await database_.read(std::move(look));
        if (written || row)
            continue;
        auto unlink = [file] { io::remove_file(file, "removing the upload"); };
        co_await async::run_blocking(pool_, std::move(unlink));
    }
    co_return removed;
}

} // namespace cang::transfer
