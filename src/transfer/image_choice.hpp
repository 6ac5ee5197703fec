// The fields that requests for transfers share: what of each image is copied, and how.
//   {"platforms":["linux/amd64"],"referrers":false,"force":false,"compression":"gzip|zstd|none"}
#pragma once

#include "base/oci/json_document.hpp"
#include "transfer/copy_run.hpp"

namespace cang::transfer {

struct ImageChoice {
    std::vector<std::string> platforms; // empty: all
    bool referrers = false;
    bool force = false;
    std::string compression = "gzip"; // of layers that come uncompressed

    static ImageChoice read(const oci::JsonScope& request);
    void write(boost::json::object& input) const;
    // Throws Error{invalid_argument} for a platform or a compression that is none.
    CopySettings to_settings() const;
};

// The input of an operation, read by `read` as the request was.
template <typename Request>
Request read_input(const boost::json::object& input) {
    oci::Problem problem;
    auto request = Request::read(oci::JsonScope(input, "", problem));
    if (problem.found())
        throw Error(ErrorKind::invalid_argument, problem.to_error().reason);
    return request;
}

} // namespace cang::transfer
