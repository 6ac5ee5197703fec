// People and robots by name, where the API wants their ids.
#pragma once

#include "cli/server_api.hpp"

namespace cang::cli {

// For administrators: the whole document. Throws Error{not_found}.
awaitable<boost::json::object> get_user(ServerApi& server, std::string name);
// "/users/ID"
std::string user_path(const boost::json::object& user);

// For everybody: the id of a user who is not disabled. Throws Error{not_found}.
awaitable<std::string> get_user_id(ServerApi& server, std::string name);

// What the documents of one list are named: the one of that name, or nothing.
const boost::json::object* find_named(const boost::json::object& page, std::string_view name);

} // namespace cang::cli
