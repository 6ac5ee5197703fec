// Names of ingests: they become names of directories, so only lower-case hex gets in.
#pragma once

#include <string>
#include <string_view>

namespace cang::content {

std::string new_ingest_id();
bool is_ingest_id(std::string_view id); // lower-case hex, 8 to 64 characters
// Throws Error{invalid_argument} when it is not one.
void require_ingest_id(std::string_view id);

} // namespace cang::content
