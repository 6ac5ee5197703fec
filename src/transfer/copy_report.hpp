// How a copy went, for results and for people.
#pragma once

#include "image/copy.hpp"

#include <boost/json/object.hpp>

namespace cang::transfer {

boost::json::object to_json(const std::string& source, const std::string& target, const image::CopyResult& result,
                            std::chrono::milliseconds duration);
// "sha256:… copied: 3 blobs, 12 MB, 1 manifest; 2 blobs skipped"
std::string to_line(const image::CopyResult& result);

// "1 blob", "2 blobs".
std::string count_of(std::size_t number, std::string_view noun);

} // namespace cang::transfer
