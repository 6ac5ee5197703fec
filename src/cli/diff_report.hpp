// What `cang diff` prints.
#pragma once

#include "image/diff.hpp"

#include <boost/json/object.hpp>

namespace cang::cli {

std::string to_text(const image::ImageDiff& diff);
boost::json::object to_json(const image::ImageDiff& diff);

} // namespace cang::cli
