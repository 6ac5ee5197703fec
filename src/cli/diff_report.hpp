// What `cang diff` prints.
#pragma once

#include "image/diff.hpp"

namespace cang::cli {

std::string to_text(const image::ImageDiff& diff);

} // namespace cang::cli
