#include "backup/file_copy.hpp"

#include "base/bytes.hpp"
#include "io/hash.hpp"

#include <fcntl.h>
#include <functional>

namespace cang::backup {

namespace {

constexpr std::size_t block_bytes = 1 * MiB;

FileFacts read_file(const std::filesystem::path& path, oci::DigestAlgorithm algorithm,
                    const std::function<void(ByteView, std::uint64_t)>& take) {
    std::string action = "reading " + path.filename().string();
    auto file = io::open_file(path, O_RDONLY, action);
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    io::Hash hash(algorithm);
    std::vector<std::byte> block(block_bytes);
    for (;;) {
        ByteView bytes(block.data(), io::read_at(file, block, hash.bytes(), action));
        if (bytes.empty())
            return {hash.bytes(), hash.digest()};
        take(bytes, hash.bytes());
        hash.update(bytes);
    }
}

} // namespace

FileFacts copy_file(const std::filesystem::path& source, const std::filesystem::path& target, unsigned mode,
                    oci::DigestAlgorithm algorithm) {
    std::string action = "writing " + target.filename().string();
    auto file = io::open_file(target, O_WRONLY | O_CREAT | O_EXCL, action, mode);
    return read_file(source, algorithm,
                     [&](ByteView bytes, std::uint64_t offset) { io::write_at(file, bytes, offset, action); });
}

FileFacts read_file_facts(const std::filesystem::path& file, oci::DigestAlgorithm algorithm) {
    return read_file(file, algorithm, [](ByteView, std::uint64_t) {});
}

} // namespace cang::backup
