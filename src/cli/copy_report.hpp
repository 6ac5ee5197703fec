// What the copying commands share: their flags and the line that tells how it went.
#pragma once

#include "cli/command.hpp"
#include "cli/place_name.hpp"
#include "image/copy.hpp"

#include <boost/json/object.hpp>

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
};
void add_copy_flags(OptionBuilder& builder, CopyFlags& flags);

boost::json::object to_json(const PlaceName& source, const PlaceName& target, const image::CopyResult& result,
                            std::chrono::milliseconds duration);
// "sha256:… copied: 3 blobs, 12 MB, 1 manifest; 2 blobs skipped"
std::string to_line(const image::CopyResult& result);
void print_copy_result(const Session& session, const PlaceName& source, const PlaceName& target,
                       const image::CopyResult& result, std::chrono::milliseconds duration);

} // namespace cang::cli
