#include "io/pending_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace cang::io {

PendingFile::PendingFile(std::filesystem::path target, std::filesystem::path temporary, SharedFile file,
                         std::string action)
    : target_(std::move(target)), temporary_(std::move(temporary)), file_(std::move(file)), action_(std::move(action)) {
}

std::shared_ptr<PendingFile> PendingFile::create(const std::filesystem::path& target, std::string_view action) {
    std::error_code absent;
    const auto status = std::filesystem::status(target, absent);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: not a regular file", action));
    auto temporary = target;
    temporary.replace_filename(fmt::format(".{}.{}.part", target.filename().string(), random_hex(8)));
    auto file = std::make_shared<const FileDescriptor>(open_file(temporary, O_RDWR | O_CREAT | O_EXCL, action));
    return std::shared_ptr<PendingFile>(
        new PendingFile(target, std::move(temporary), std::move(file), std::string(action)));
}

PendingFile::~PendingFile() {
    if (!shown_)
        ::unlink(temporary_.c_str());
}

void PendingFile::show() {
    rename_file(temporary_, target_, action_);
    shown_ = true;
}

} // namespace cang::io
