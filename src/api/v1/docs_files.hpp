// The page that shows the OpenAPI document: the files of docs/, embedded.
#pragma once

#include "http/static_files.hpp"

namespace cang::api::v1 {

std::span<const http::StaticFile> docs_files();

} // namespace cang::api::v1
