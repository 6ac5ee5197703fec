// Copies of files whose bytes are looked at on the way. Everything here blocks.
#pragma once

#include "base/oci/digest.hpp"
#include "io/file.hpp"

namespace cang::backup {

struct FileFacts {
    std::uint64_t size = 0;
    oci::Digest digest;
};

// Copies to a file that must not exist and tells what was copied. Not synced.
FileFacts copy_file(const std::filesystem::path& source, const std::filesystem::path& target, unsigned mode,
                    oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256);

FileFacts read_file_facts(const std::filesystem::path& file,
                          oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256);

} // namespace cang::backup
