#include "cli/account_names.hpp"
#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/moment.hpp"
#include "cli/prompt.hpp"
#include "cli/robot_name.hpp"
#include "cli/scopes.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

namespace json = boost::json;

// Of every command; each has the flags that it declares.
struct Arguments {
    std::string name;
    std::string project;
    std::string description;
    std::vector<std::string> permissions;
    std::string expires;
    bool yes = false;
    PlaceOptions places;
};

void declare_project(OptionBuilder& builder, Arguments& arguments) {
    builder.option("--project", "PROJECT", arguments.project, "Of this project; of the whole server when not given.");
}

void declare_robot(OptionBuilder& builder, Arguments& arguments) {
    builder.positional("ROBOT", arguments.name, "Its name, as 'robot$team+ci' or as ci with --project team.");
    declare_project(builder, arguments);
}

awaitable<int> run_list(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto page = co_await server.get(robots_path(arguments.project), "listing robots");
    const std::vector<Column> columns{
        {"NAME", [](const json::object& robot) { return text_of(robot, "name"); }},
        {"STATE",
         [](const json::object& robot) { return std::string(flag_of(robot, "disabled") ? "disabled" : "ok"); }},
        {"EXPIRES", [](const json::object& robot) { return text_of(robot, "expiresAt"); }},
        {"LAST USED", [](const json::object& robot) { return text_of(robot, "lastUsedAt"); }},
        {"MAY", scopes_text},
    };
    print_list(session, page, columns, "no robots");
    co_return 0;
}

Command list_command() {
    return server_command<Arguments>({.name = "list",
                                      .description = "List the robots of a project, or of the whole server.",
                                      .examples = "  cang robots list --project team --server https://cang.example\n"},
                                     declare_project, run_list);
}

// The secret alone on standard output, for scripts.
void print_secret(const Session& session, const ServerApi& server, const std::string& name, const json::object& shown) {
    auto secret = text_of(shown, "secret");
    if (secret.empty())
        throw Error(ErrorKind::unsupported, "the server's answer has no secret; is it a cang server?");
    if (session.options.json)
        session.print_json(shown);
    session.print(secret);
    session.note(fmt::format("this is the secret of {}, and it is not shown again; to use it:\n"
                             "  docker login {} -u '{}' --password-stdin",
                             name, server.authority(), name));
}

awaitable<int> run_create(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto name = parse_robot_name(arguments.name, arguments.project);
    if (arguments.permissions.empty())
        throw Error(ErrorKind::invalid_argument,
                    "--permission is missing: a robot may do what it names and nothing else\n"
                    "add --permission image.pull, say");
    json::object body{{"name", name.name},
                      {"description", arguments.description},
                      {"scopes", scopes_of(arguments.permissions, name.project.empty() ? "*" : name.project)}};
    if (auto expires = moment_after("--expires", arguments.expires, SystemClock().now()); !expires.empty())
        body["expiresAt"] = expires;
    auto robot = co_await server.post(robots_path(name.project), body, "creating the robot");
    print_secret(session, server, text_of(robot, "name"), robot);
    co_return 0;
}

Command create_command() {
    auto declare = [](OptionBuilder& builder, Arguments& arguments) {
        builder.positional("NAME", arguments.name, "Name of its own, such as ci: it signs in as robot$PROJECT+NAME.");
        declare_project(builder, arguments);
        add_permission_option(
            builder, arguments.permissions,
            "What it may do, such as image.pull, image.push, image.delete; repeatable. A robot of the "
            "server may do it in every project, or in the one that is named.");
        builder.option("--expires", "WHEN", arguments.expires, "In 90d, or at 2026-12-31; never when not given.");
        builder.option("--description", "TEXT", arguments.description, "What it is for.");
    };
    return server_command<Arguments>(
        {.name = "create",
         .description = "Create a robot: an account for programs.\n\n"
                        "Standard output gets its secret and nothing else; it is not shown again. Robots of a project "
                        "are created by its administrators, those of the server by the server's.",
         .examples = "  cang robots create ci --project team --permission image.pull --permission image.push\n"
                     "  SECRET=$(cang robots create ci --project team --permission image.pull --expires 90d)\n"
                     "  cang robots create backup --permission image.pull\n"
                     "  cang robots create edge --permission team:image.pull --permission base:image.pull\n"},
        declare, run_create);
}

awaitable<int> run_renew(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto name = parse_robot_name(arguments.name, arguments.project);
    auto robot = co_await get_robot(server, name);
    auto shown = co_await server.post(robot_path(name, robot) + "/secret", "renewing the secret");
    print_secret(session, server, name.full(), shown);
    co_return 0;
}

Command renew_command() {
    return server_command<Arguments>(
        {.name = "renew",
         .description = "Give a robot a new secret; the old one is void at once.\n\n"
                        "Standard output gets the secret and nothing else; it is not shown again.",
         .examples = "  cang robots renew 'robot$team+ci' --server https://cang.example\n"},
        declare_robot, run_renew);
}

awaitable<int> set_disabled(ServerApi& server, const Session& session, const Arguments& arguments, bool disabled) {
    auto name = parse_robot_name(arguments.name, arguments.project);
    auto robot = co_await get_robot(server, name);
    // What is not sent is emptied.
    json::object body{{"disabled", disabled}};
    for (const auto* kept : {"description", "scopes", "expiresAt"})
        if (const auto* value = robot.if_contains(kept))
            body[kept] = *value;
    auto path = robot_path(name, robot);
    auto changed = co_await server.put(std::move(path), body, disabled ? "disabling the robot" : "enabling the robot");
    if (session.options.json)
        session.print_json(changed);
    session.print(fmt::format("{} is {}", text_of(changed, "name"), disabled ? "disabled" : "enabled"));
    co_return 0;
}

awaitable<int> run_disable(ServerApi& server, const Session& session, const Arguments& arguments) {
    return set_disabled(server, session, arguments, true);
}

awaitable<int> run_enable(ServerApi& server, const Session& session, const Arguments& arguments) {
    return set_disabled(server, session, arguments, false);
}

Command disable_command() {
    return server_command<Arguments>({.name = "disable",
                                      .description = "Keep a robot out, at once.",
                                      .examples = "  cang robots disable ci --project team\n"},
                                     declare_robot, run_disable);
}

Command enable_command() {
    return server_command<Arguments>({.name = "enable",
                                      .description = "Let a disabled robot in again, with the secret that it has.",
                                      .examples = "  cang robots enable ci --project team\n"},
                                     declare_robot, run_enable);
}

awaitable<int> run_delete(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto name = parse_robot_name(arguments.name, arguments.project);
    if (!is_confirmed(session, arguments.yes, "deleting", fmt::format("Delete {}?", name.full())))
        throw Error(ErrorKind::cancelled, "nothing was deleted");
    auto robot = co_await get_robot(server, name);
    co_await server.remove(robot_path(name, robot), "deleting the robot");
    if (session.options.json)
        session.print_json(json::object{{"deleted", name.full()}});
    session.print(fmt::format("deleted {}", name.full()));
    co_return 0;
}

Command delete_command_of_robots() {
    auto declare = [](OptionBuilder& builder, Arguments& arguments) {
        declare_robot(builder, arguments);
        builder.flag("-y,--yes", arguments.yes, "Do not ask; needed where nobody can answer.");
    };
    return server_command<Arguments>({.name = "delete",
                                      .description = "Delete a robot; its secret is void at once.",
                                      .examples = "  cang robots delete 'robot$team+ci' --yes\n"},
                                     declare, run_delete);
}

} // namespace

Command robots_command() {
    return {
        .name = "robots",
        .description = "Keep robots: accounts for programs, with a secret of their own and named permissions.",
        .examples = "  cang robots create ci --project team --permission image.pull --expires 90d\n"
                    "  cang robots list --project team --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), create_command(), renew_command(), disable_command(), enable_command(),
                     delete_command_of_robots()},
    };
}

} // namespace cang::cli
