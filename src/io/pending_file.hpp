// A large file that shows under its name only when it is complete.
#pragma once

#include "io/file.hpp"

namespace cang::io {

// Blocks. Written under a hidden name beside the target; what show() did not rename is removed with the value.
class PendingFile {
public:
    // Throws Error{invalid_argument} when the target is something else than a regular file.
    static std::shared_ptr<PendingFile> create(const std::filesystem::path& target, std::string_view action);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    const SharedFile& file() const noexcept { return file_; }
    // Replaces what was there. Not synced: an export may be lost with the power, like any copied file.
    void show();

private:
    PendingFile(std::filesystem::path target, std::filesystem::path temporary, SharedFile file, std::string action);

    std::filesystem::path target_;
    std::filesystem::path temporary_;
    SharedFile file_;
    std::string action_;
    bool shown_ = false;
};

} // namespace cang::io
