#include "cli/robot_name.hpp"

#include "cli/account_names.hpp"
#include "cli/document.hpp"

#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::string_view kPrefix = "robot$";

} // namespace

std::string RobotName::full() const {
    return project.empty() ? fmt::format("{}{}", kPrefix, name) : fmt::format("{}{}+{}", kPrefix, project, name);
}

RobotName parse_robot_name(const std::string& text, const std::string& project) {
    if (!text.starts_with(kPrefix))
        return {text, project};
    auto rest = text.substr(kPrefix.size());
    auto plus = rest.find('+');
    RobotName name{plus == std::string::npos ? rest : rest.substr(plus + 1),
                   plus == std::string::npos ? "" : rest.substr(0, plus)};
    if (!project.empty() && name.project != project)
        throw Error(ErrorKind::invalid_argument, fmt::format("{} is no robot of --project {}", text, project));
    return name;
}

awaitable<boost::json::object> get_robot(ServerApi& server, RobotName name) {
    auto page = co_await server.get(robots_path(name.project), "finding the robot");
    const auto* robot = find_named(page, name.full());
    if (robot == nullptr)
        throw Error(ErrorKind::not_found,
                    fmt::format("there is no robot {}\n`cang robots list{}` tells which there are", name.full(),
                                name.project.empty() ? "" : " --project " + name.project));
    co_return *robot;
}

std::string robots_path(const std::string& project) {
    return project.empty() ? "/robots" : fmt::format("/projects/{}/robots", http::percent_encode(project));
}

std::string robot_path(const RobotName& name, const boost::json::object& robot) {
    return fmt::format("{}/{}", robots_path(name.project), http::percent_encode(exact_text_of(robot, "id")));
}

} // namespace cang::cli
