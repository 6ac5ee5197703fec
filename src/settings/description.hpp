// The table told to others: to editors as JSON Schema, to readers as a page.
#pragma once

#include <string>

namespace cang::settings {

// JSON Schema (2020-12) of the configuration file, with line breaks.
std::string json_schema();

// The tables of docs/configuration.md, one a section.
std::string markdown();

} // namespace cang::settings
