// Archives written: deterministic (no times, no owners), entries in the caller's order.
#pragma once

#include "io/reader.hpp"
#include "io/tar.hpp"

namespace cang::io {

class TarWriter {
public:
    // `target` is not owned and outlives the writer.
    explicit TarWriter(Writer& target) : target_(target) {}

    awaitable<void> add_directory(std::string name);
    awaitable<void> add_file(std::string name, std::string content);
    awaitable<void> add_symlink(std::string name, std::string link_target);
    // Throws Error{corrupt} when `data` does not give exactly `size` bytes; the archive is then of no use.
    awaitable<void> add_file(std::string name, std::uint64_t size, Reader& data);
    // The end of the archive.
    awaitable<void> finish();
    std::uint64_t bytes() const noexcept { return bytes_; } // written so far

private:
    awaitable<void> put(std::string bytes);

    Writer& target_;
    std::uint64_t bytes_ = 0;
};

} // namespace cang::io
