#include "image/places/layout/blob_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::layout {

namespace {
constexpr std::string_view kWriting = "writing into the image layout";
}

BlobFile::BlobFile(const LayoutDirectory& directory, const oci::Descriptor& descriptor)
    : descriptor_(descriptor), directory_(directory.ensure_blob_directory(descriptor.digest.algorithm())),
      hash_(descriptor.digest.algorithm()) {
    take_part_file();
    rehash();
}

void BlobFile::take_part_file() {
    // One well-known name, so that an interrupted copy resumes; when another copy is at it, a name of our own.
    const auto& hex = descriptor_.digest.hex();
    if (!try_part_file(fmt::format(".{}.part", hex)) && !try_part_file(fmt::format(".{}.{}.part", hex, random_hex(8))))
        throw Error(ErrorKind::unavailable, "another program holds the image layout");
}

bool BlobFile::try_part_file(const std::string& name) {
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    io::FileDescriptor file(::openat(directory_.get(), name.c_str(), flags, 0644));
    if (!file && errno == ELOOP)
        throw Error(ErrorKind::corrupt, fmt::format("the layout's {} is a link, which is not followed", name));
    if (!file)
        throw io::disk_error(errno, kWriting);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return false;
    // Its last owner may have renamed it between our open and our lock: it is a finished blob then.
    struct stat opened{};
    struct stat named{};
    if (::fstat(file.get(), &opened) != 0)
        throw io::disk_error(errno, kWriting);
    if (::fstatat(directory_.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || named.st_ino != opened.st_ino)
        return false;
    if (!S_ISREG(opened.st_mode) || opened.st_nlink != 1)
        throw Error(ErrorKind::corrupt, fmt::format("the layout's {} is not a regular file", name));
    file_ = std::move(file);
    name_ = name;
    return true;
}

void BlobFile::rehash() {
    const auto size = io::file_size(file_, kWriting);
    if (size > descriptor_.size) {
        io::truncate_file(file_, 0, kWriting);
        return;
    }
    std::vector<std::byte> buffer(std::min<std::uint64_t>(size, 1 * MiB));
    while (offset_ < size) {
        const auto length = io::read_at(file_, buffer, offset_, kWriting);
        if (length == 0)
            break;
        hash_.update(std::span(buffer).first(length));
        offset_ += length;
    }
}

void BlobFile::write(ByteView bytes) {
    io::write_at(file_, bytes, offset_, kWriting);
    offset_ += bytes.size();
}

void BlobFile::restart() {
    io::truncate_file(file_, 0, kWriting);
    hash_ = io::Hash(descriptor_.digest.algorithm());
    offset_ = 0;
}

void BlobFile::commit() {
    if (!is_whole()) {
        const auto digest = hash_.digest();
        ::unlinkat(directory_.get(), name_.c_str(), 0);
        Error error(ErrorKind::corrupt, digest == descriptor_.digest
                                            ? fmt::format("the blob {} is {} bytes long, not {}", digest.to_string(),
                                                          offset_, descriptor_.size)
                                            : fmt::format("the blob {} is damaged: its bytes give {}",
                                                          descriptor_.digest.to_string(), digest.to_string()));
        throw error.with_code("DIGEST_INVALID");
    }
    if (::renameat(directory_.get(), name_.c_str(), directory_.get(), descriptor_.digest.hex().c_str()) != 0)
        throw io::disk_error(errno, kWriting);
}

} // namespace cang::layout
