// Search for a part of a text, whatever the case of its letters, the same on both engines: LIKE differs between them in
// everything but this. The column holds searchable() text, the query says LIKE :pattern ESCAPE '\'.
#pragma once

#include <string>

namespace cang::store {

// Lower case, ASCII only.
std::string searchable(std::string text);
std::string search_pattern(const std::string& part);

} // namespace cang::store
