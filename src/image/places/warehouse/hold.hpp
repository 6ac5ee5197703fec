// Whether the files of objects must stay: agreed on between processes, so that a backup can copy them while a server
// runs. A backup holds the files from before it looks at the facts until it has the files; every step of a collection
// that removes files needs them unheld.
//
// It is a lock on the file `hold` of the data directory (flock): shared by backups, exclusive for a removal. The kernel
// takes it back when its process dies. Pushes, reads and deletions know nothing of it.
#pragma once

#include "io/file.hpp"

namespace cang::warehouse {

class Hold {
public:
    // Blocks until a removal that is under way has ended, which takes milliseconds.
    static Hold keep_files(const std::filesystem::path& data_directory);
    // Throws Error{conflict} while a backup holds the files.
    static Hold remove_files(const std::filesystem::path& data_directory);

private:
    Hold(const std::filesystem::path& data_directory, int operation);

    io::FileDescriptor file_;
};

} // namespace cang::warehouse
