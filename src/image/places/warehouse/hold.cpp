#include "image/places/warehouse/hold.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace cang::warehouse {

// Readable by all: a backup may run as another user than the server, and either may be the first.
Hold::Hold(const std::filesystem::path& data_directory, int operation)
    : file_(io::open_file(data_directory / "hold", O_RDONLY | O_CREAT, "holding the data directory")) {
    while (::flock(file_.get(), operation) != 0) {
        if (errno == EWOULDBLOCK)
            throw Error(ErrorKind::conflict, "a backup is being made: nothing is collected until it has ended");
        if (errno != EINTR)
            throw system_error(errno, "holding the data directory");
    }
}

Hold Hold::keep_files(const std::filesystem::path& data_directory) { return {data_directory, LOCK_SH}; }
Hold Hold::remove_files(const std::filesystem::path& data_directory) { return {data_directory, LOCK_EX | LOCK_NB}; }

} // namespace cang::warehouse
