// Robots as people name them: "robot$team+ci", "robot$ci" of the whole server, or "ci" beside --project.
#pragma once

#include "cli/server_api.hpp"

namespace cang::cli {

struct RobotName {
    std::string name;    // ci
    std::string project; // empty: of the whole server
    std::string full() const;
};

// Throws Error{invalid_argument} when the name is of another project than `project`.
RobotName parse_robot_name(const std::string& text, const std::string& project);

// Throws Error{not_found}.
awaitable<boost::json::object> get_robot(ServerApi& server, RobotName name);

std::string robots_path(const std::string& project);
std::string robot_path(const RobotName& name, const boost::json::object& robot);

} // namespace cang::cli
