// What the copying commands share: their flags and the line that tells how it went.
#pragma once

#include "cli/command.hpp"
#include "transfer/copy_run.hpp"

namespace cang::cli {

struct CopyFlags {
    std::vector<std::string> platforms;
    bool all = false;
    bool referrers = false;
    bool force = false;
    std::uint64_t jobs = 6;
    std::uint64_t retries = 4;
    std::string compress = "gzip";

    // Throws Error{invalid_argument} for a bad platform, and for --all together with --platform.
    image::CopyOptions to_options() const;
    // Throws Error{invalid_argument} for anything but gzip, zstd and none.
    oci::Compression compression() const;
    // Both.
    transfer::CopySettings settings() const;
};
void add_copy_flags(OptionBuilder& builder, CopyFlags& flags);

void print_copy_result(const Session& session, const image::PlaceName& source, const image::PlaceName& target,
                       const image::CopyResult& result, std::chrono::milliseconds duration);

} // namespace cang::cli
