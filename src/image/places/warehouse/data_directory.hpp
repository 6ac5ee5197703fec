// The directory that holds everything of a warehouse: checks its format and keeps other processes out.
//
//   lock             flock'ed while a process has the directory open; holds its process number
//   hold             flock'ed while files are copied or removed, see hold.hpp
//   format           version of this layout
//   restoring        there while a backup is being restored into the directory, which nobody opens then
//   cang.db          facts
//   blobs/ uploads/  the object store
#pragma once

#include <filesystem>

namespace cang::warehouse {

class DataDirectory {
public:
    // Creates and locks. Throws Error{conflict} when another process holds it and when a restore into it did not end,
    // Error{unsupported} for a format of a newer program.
    explicit DataDirectory(std::filesystem::path path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path database() const { return path_ / "cang.db"; }
    std::filesystem::path content() const { return path_; }
    // Of the file that says so.
    std::filesystem::path restoring() const { return path_ / "restoring"; }

    // Without a lock and without creating anything: also while a server runs on it. Throws Error{not_found} when the
    // directory is none of a warehouse, Error{unsupported} for another format and when the facts are elsewhere.
    static void require(const std::filesystem::path& path);

private:
    std::filesystem::path path_;
    int lock_ = -1;
};

} // namespace cang::warehouse
