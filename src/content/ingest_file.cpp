#include "content/ingest_file.hpp"

#include "content/block_buffers.hpp"
#include "content/verify.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::content {

namespace {

constexpr std::string_view kStoring = "storing the content";
constexpr std::string_view kResuming = "resuming the upload";

// Below this the page cache is faster than a wait for the disk.
constexpr std::size_t kSmallestDirect = 256 * KiB;

// Boot id (36), newline, and a saved hash (under 300 bytes).
constexpr std::size_t kLongestState = 4096;

const std::string& boot_id() {
    static const std::string id = [] {
        FILE* file = std::fopen("/proc/sys/kernel/random/boot_id", "re");
        char text[64] = "unknown";
        if (file) {
            if (!std::fgets(text, sizeof text, file))
                text[0] = '\0';
            std::fclose(file);
        }
        std::string line = text;
        return line.substr(0, line.find('\n'));
    }();
    return id;
}

// True when the directory was made just now.
bool ensure_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0755) == 0)
        return true;
    if (errno != EEXIST)
        throw io::disk_error(errno, kStoring);
    return false;
}

std::optional<std::uint64_t> find_size(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

} // namespace

IngestFile::IngestFile(const StoreLayout& layout, std::string id, oci::DigestAlgorithm algorithm,
                       std::shared_ptr<IngestHold> hold)
    : layout_(layout), directory_(layout.upload(id)), hold_(std::move(hold)), hash_(algorithm) {}

bool IngestFile::recover() {
    if (!std::filesystem::exists(directory_))
        return false;
    data_ = io::open_file(directory_ / "data", O_RDWR | O_CREAT, kResuming);
    auto size = io::file_size(data_, kResuming);
    auto state = io::find_file_text(directory_ / "state", kLongestState, kResuming);
    if (state && state->size() > boot_id().size()) {
        bool same_boot = state->starts_with(boot_id() + "\n");
        auto saved =
            io::Hash::restore(std::string_view(*state).substr(std::min(state->find('\n'), state->size() - 1) + 1));
        if (saved && same_boot && saved->bytes() <= size)
            hash_ = *saved;
        else if (saved)
            hash_ = io::Hash(saved->algorithm());
    }
    rehash(hash_, size);
    return true;
}

void IngestFile::ensure_created() {
    if (data_)
        return;
    ensure_directory(directory_);
    data_ = io::open_file(directory_ / "data", O_RDWR | O_CREAT, kStoring);
}

// False when this file cannot do it.
bool IngestFile::use_direct(bool on) {
    if (direct_ == on)
        return true;
    int flags = ::fcntl(data_.get(), F_GETFL);
    if (::fcntl(data_.get(), F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) != 0)
        return false;
    direct_ = on;
    return true;
}

void IngestFile::write(ByteView bytes, std::uint64_t offset) {
    ensure_created();
    auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    bool aligned = offset % kBlockAlignment == 0 && address % kBlockAlignment == 0;
    if (direct_supported_ && aligned && bytes.size() >= kSmallestDirect) {
        auto whole_pages = bytes.first(bytes.size() / kBlockAlignment * kBlockAlignment);
        direct_supported_ = use_direct(true);
        auto length = direct_supported_
                          ? ::pwrite(data_.get(), whole_pages.data(), whole_pages.size(), static_cast<off_t>(offset))
                          : 0;
        if (length < 0 && errno != EINVAL && errno != EINTR)
            throw io::disk_error(errno, kStoring);
        if (length < 0 && errno == EINVAL)
            direct_supported_ = false;
        auto done = static_cast<std::size_t>(std::max<ssize_t>(length, 0));
        bytes = bytes.subspan(done);
        offset += done;
    }
    if (bytes.empty())
        return;
    use_direct(false);
    io::write_at(data_, bytes, offset, kStoring);
}

void IngestFile::save_state(const std::string& saved_hash) {
    ensure_created();
    auto temporary = directory_ / "state.new";
    auto file = io::open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, kStoring);
    io::write_at(file, as_bytes(boot_id() + "\n" + saved_hash), 0, kStoring);
    io::rename_file(temporary, directory_ / "state", kStoring);
}

void IngestFile::rehash(io::Hash& hash, std::uint64_t end) const {
    std::vector<std::byte> buffer(std::min<std::uint64_t>(end - hash.bytes(), 256 * KiB));
    while (hash.bytes() < end) {
        auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - hash.bytes()));
        auto length = io::read_at(data_, MutableBytes(buffer).first(wanted), hash.bytes(), kResuming);
        if (length == 0)
            throw Error(ErrorKind::corrupt, "the upload's file is shorter than it was");
        hash.update(ByteView(buffer).first(length));
    }
}

oci::Digest IngestFile::digest_with(ByteView tail, std::uint64_t offset, oci::DigestAlgorithm algorithm) {
    io::Hash hash = hash_;
    if (algorithm != hash_.algorithm()) {
        hash = io::Hash(algorithm);
        if (offset != 0) {
            use_direct(false);
            rehash(hash, offset);
        }
    }
    hash.update(tail);
    return hash.digest();
}

ObjectInfo IngestFile::publish(ByteView tail, std::uint64_t offset, const oci::Digest& expected) {
    auto found = digest_with(tail, offset, expected.algorithm());
    if (found != expected) {
        remove();
        require_same_digest(found, expected);
    }
    ObjectInfo object{expected, offset + tail.size()};
    auto directory = layout_.object_directory(expected);
    auto target = layout_.object(expected);
    // A stored object of another length was damaged after it was stored; these bytes replace it.
    if (find_size(target) == object.size) {
        io::sync_directory(directory, kStoring); // who stored it may not have come to this yet
        remove();
        return object;
    }
    write(tail, offset);
    ensure_created();
    io::sync_file(data_, kStoring);
    if (ensure_directory(directory))
        io::sync_directory(directory.parent_path(), kStoring);
    io::rename_file(directory_ / "data", target, kStoring);
    io::sync_directory(directory, kStoring);
    remove();
    return object;
}

void IngestFile::remove() {
    data_.reset();
    ::unlink((directory_ / "data").c_str());
    ::unlink((directory_ / "state").c_str());
    ::unlink((directory_ / "state.new").c_str());
    if (::rmdir(directory_.c_str()) != 0 && errno != ENOENT)
        throw io::disk_error(errno, "removing the upload");
}

} // namespace cang::content
