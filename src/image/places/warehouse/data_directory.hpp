// The directory that holds everything of a warehouse: checks its format and keeps other processes out.
//
//   lock             flock'ed while a process has the directory open; holds its process number
//   format           version of this layout
//   cang.db          facts
//   blobs/ uploads/  the object store
#pragma once

#include <filesystem>

namespace cang::warehouse {

class DataDirectory {
public:
    // Creates and locks. Throws Error{conflict} when another process holds it, Error{unsupported} for a format of a
    // newer program.
    explicit DataDirectory(std::filesystem::path path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path database() const { return path_ / "cang.db"; }
    std::filesystem::path content() const { return path_; }

private:
    std::filesystem::path path_;
    int lock_ = -1;
};

} // namespace cang::warehouse
