// Entries of a docker-archive by path, with the links that old `docker save` writes for equal layers followed inside
// the archive. Pure.
#pragma once

#include "io/tar_reader.hpp"

namespace cang::archive {

class ArchiveEntries {
public:
    // Throws Error{corrupt} when the archive has two manifest.json: programs would disagree about what it holds.
    explicit ArchiveEntries(io::TarIndex index);

    // The regular file that `path` (clean, see clean_path) leads to; nullptr when there is none. Throws
    // Error{corrupt} for a link that leaves the archive or goes round in circles, and for special files.
    const io::TarEntry* find_file(const std::string& path) const;

private:
    io::TarIndex index_;
};

} // namespace cang::archive
