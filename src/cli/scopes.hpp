// What robots and tokens may do: --permission as given, scopes as the API has them, and text for people.
#pragma once

#include "cli/command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace cang::cli {

void add_permission_option(OptionBuilder& builder, std::vector<std::string>& permissions, const std::string& help);

// Each "PERMISSION", which is one in `project`, or "PROJECT:PERMISSION"; the project * is every one. Throws
// Error{invalid_argument}. Which permissions there are the server knows.
boost::json::array scopes_of(const std::vector<std::string>& permissions, const std::string& project);

// "team: image.pull, image.push; *: image.pull"; empty without any. Printable.
std::string scopes_text(const boost::json::object& document);

} // namespace cang::cli
