#include "image/places/layout/oci_archive_writer.hpp"

#include "io/pump.hpp"
#include "io/tar.hpp"

#include <fmt/format.h>

namespace cang::layout {

namespace {

constexpr std::string_view kWriting = "writing the OCI archive";

std::string header_of(std::string name, std::uint64_t size, io::TarType type = io::TarType::file) {
    io::TarEntry entry;
    entry.name = std::move(name);
    entry.size = size;
    entry.type = type;
    entry.mode = type == io::TarType::directory ? 0755 : 0644;
    return io::tar_header(entry);
}

std::string whole_entry(std::string name, std::string_view content) {
    auto bytes = header_of(std::move(name), content.size());
    bytes += content;
    bytes.append(io::tar_padding(content.size()), '\0');
    return bytes;
}

[[noreturn]] void throw_damaged(const oci::Descriptor& blob, const oci::Digest& digest, std::uint64_t size) {
    Error error(ErrorKind::corrupt, digest == blob.digest ? fmt::format("the blob {} is {} bytes long, not {}",
                                                                        digest.to_string(), size, blob.size)
                                                          : fmt::format("the blob {} is damaged: its bytes give {}",
                                                                        blob.digest.to_string(), digest.to_string()));
    throw error.with_code("DIGEST_INVALID");
}

} // namespace

OciArchiveWriter::OciArchiveWriter(io::SharedFile file, async::BlockingPool& pool)
    : file_(std::move(file)), direct_(file_), pool_(pool) {
    prefix_ = whole_entry("oci-layout", layout_file_bytes());
    // Programs that unpack the archive do not all make missing directories.
    for (const auto* directory : {"blobs/", "blobs/sha256/", "blobs/sha512/"})
        prefix_ += header_of(directory, 0, io::TarType::directory);
    position_ = prefix_.size();
}

std::uint64_t OciArchiveWriter::place(const std::string& header, std::uint64_t size) {
    return std::exchange(position_, position_ + header.size() + size + io::tar_padding(size));
}

bool OciArchiveWriter::has(const oci::Descriptor& blob) const {
    const auto slot = slots_.find(blob.digest);
    return slot != slots_.end() && slot->second.whole;
}

OciArchiveWriter::Slot& OciArchiveWriter::ensure_slot(const oci::Descriptor& descriptor) {
    const auto [found, created] = slots_.try_emplace(descriptor.digest, descriptor.digest.algorithm());
    auto& slot = found->second;
    if (created) {
        slot.header = header_of(
            fmt::format("blobs/{}/{}", oci::to_string(descriptor.digest.algorithm()), descriptor.digest.hex()),
            descriptor.size);
        slot.begin = place(slot.header, descriptor.size);
    }
    return slot;
}

awaitable<void> OciArchiveWriter::put_blob(oci::Descriptor descriptor, image::BlobOpener open,
                                           image::ByteCount arrived) {
    auto& slot = ensure_slot(descriptor);
    const auto turn = co_await slot.turns.take();
    if (slot.whole)
        co_return;
    co_await write(slot.header, slot.begin);
    const auto data = slot.begin + slot.header.size();
    auto reader = co_await open(slot.written);
    // Never beyond the blob's place, whatever the source sends.
    auto bounded = io::limited_reader(std::move(reader), descriptor.size - slot.written);
    const std::vector<io::BlockConsumer> consumers{[&slot](ByteView bytes) { slot.hash.update(bytes); },
                                                   [this, &slot, data](ByteView bytes) {
                                                       direct_.write(bytes, data + slot.written, kWriting);
                                                       slot.written += bytes.size();
                                                   }};
    try {
        co_await io::pump(*bounded, pool_, consumers, io::kPumpBlock, arrived, io::first_block_at(data + slot.written));
    } catch (...) {
        // The consumers may differ by a block where one of them failed.
        if (slot.hash.bytes() != slot.written) {
            slot.written = 0;
            slot.hash = io::Hash(descriptor.digest.algorithm());
        }
        throw;
    }
    const auto digest = slot.hash.digest();
    slot.whole = digest == descriptor.digest && slot.written == descriptor.size;
    if (slot.whole)
        co_return;
    const auto size = std::exchange(slot.written, 0);
    slot.hash = io::Hash(descriptor.digest.algorithm());
    throw_damaged(descriptor, digest, size);
}

awaitable<void> OciArchiveWriter::put_manifest(oci::Manifest manifest) {
    const image::BlobOpener open = [&manifest](std::uint64_t offset) -> awaitable<io::ReaderPtr> {
        co_return io::memory_reader(manifest.bytes().substr(offset));
    };
    auto descriptor = manifest.descriptor();
    image::ByteCount uncounted;
    co_await put_blob(std::move(descriptor), open, std::move(uncounted));
}

awaitable<void> OciArchiveWriter::finish() {
    for (const auto& [digest, slot] : slots_)
        if (!slot.whole)
            throw Error(ErrorKind::conflict, fmt::format("the blob {} was not delivered whole", digest.to_string()));
    auto end = whole_entry("index.json", index_.to_bytes()) + io::tar_end();
    co_await write(prefix_, 0);
    co_await write(std::move(end), position_);
}

awaitable<void> OciArchiveWriter::write(std::string bytes, std::uint64_t offset) {
    auto job = [file = file_, bytes = std::move(bytes), offset] {
        io::write_at(*file, as_bytes(bytes), offset, kWriting);
    };
    co_await async::run_blocking(pool_, std::move(job));
}

} // namespace cang::layout
