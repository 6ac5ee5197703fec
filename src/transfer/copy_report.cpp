#include "transfer/copy_report.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

namespace cang::transfer {

std::string count_of(std::size_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

boost::json::object to_json(const std::string& source, const std::string& target, const image::CopyResult& result,
                            std::chrono::milliseconds duration) {
    return {{"source", source},
            {"target", target},
            {"digest", result.root.digest.to_string()},
            {"mediaType", result.root.media_type},
            {"unchanged", result.unchanged},
            {"blobsCopied", result.blobs_copied},
            {"blobsSkipped", result.blobs_skipped},
            {"bytesCopied", result.bytes_copied},
            {"manifestsCopied", result.manifests_copied},
            {"milliseconds", duration.count()}};
}

std::string to_line(const image::CopyResult& result) {
    if (result.unchanged)
        return fmt::format("{} unchanged", result.root.digest.to_string());
    return fmt::format("{} copied: {}, {}, {}; {} skipped", result.root.digest.to_string(),
                       count_of(result.blobs_copied, "blob"), human_bytes(result.bytes_copied),
                       count_of(result.manifests_copied, "manifest"), count_of(result.blobs_skipped, "blob"));
}

} // namespace cang::transfer
