#include "cli/account_names.hpp"
#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

namespace json = boost::json;

// Of every command; each has the arguments that it declares.
struct Arguments {
    std::string project;
    std::string user;
    std::string role;
    PlaceOptions places;
};

std::string members_path(const Arguments& arguments) {
    return fmt::format("/projects/{}/members", http::percent_encode(arguments.project));
}

void declare_project(OptionBuilder& builder, Arguments& arguments) {
    builder.positional("PROJECT", arguments.project, "The project, as `cang projects list` names it.");
}

void declare_member(OptionBuilder& builder, Arguments& arguments) {
    declare_project(builder, arguments);
    builder.positional("USER", arguments.user, "The name with which the user signs in.");
}

awaitable<int> run_list(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto page = co_await server.get(members_path(arguments), "listing members");
    const std::vector<Column> columns{
        {"USER", [](const json::object& member) { return text_of(member, "name"); }},
        {"ROLE", [](const json::object& member) { return text_of(member, "role"); }},
        {"SINCE", [](const json::object& member) { return text_of(member, "since"); }},
        {"DISPLAY NAME", [](const json::object& member) { return text_of(member, "displayName"); }},
    };
    print_list(session, page, columns, "no members");
    co_return 0;
}

Command list_command() {
    return server_command<Arguments>({.name = "list",
                                      .description = "List the members of a project and their roles.",
                                      .examples = "  cang members list team --server https://cang.example\n"},
                                     declare_project, run_list);
}

awaitable<int> run_set(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto id = co_await get_user_id(server, arguments.user);
    auto path = fmt::format("{}/{}", members_path(arguments), http::percent_encode(id));
    json::object body{{"role", arguments.role}};
    auto member = co_await server.put(std::move(path), body, "setting the role");
    if (session.options.json)
        session.print_json(member);
    session.print(fmt::format("{} is {} of {}", arguments.user, text_of(member, "role"), arguments.project));
    co_return 0;
}

Command set_command() {
    auto declare = [](OptionBuilder& builder, Arguments& arguments) {
        declare_member(builder, arguments);
        builder.positional("ROLE", arguments.role, "viewer, operator or admin.");
    };
    return server_command<Arguments>(
        {.name = "set",
         .description = "Give a user a role in a project, or another one.\n\n"
                        "A viewer may pull, an operator push, an admin delete images and keep members and robots, too. "
                        "It counts at once.",
         .examples = "  cang members set team alice operator --server https://cang.example\n"},
        declare, run_set);
}

awaitable<int> run_remove(ServerApi& server, const Session& session, const Arguments& arguments) {
    // Not by the search, which leaves out who is disabled.
    auto page = co_await server.get(members_path(arguments), "removing the member");
    const auto* member = find_named(page, arguments.user);
    if (member == nullptr)
        throw Error(ErrorKind::not_found, fmt::format("{} is no member of {}\n`cang members list {}` tells who is",
                                                      arguments.user, arguments.project, arguments.project));
    auto id = exact_text_of(*member, "userId");
    auto path = fmt::format("{}/{}", members_path(arguments), http::percent_encode(id));
    co_await server.remove(std::move(path), "removing the member");
    if (session.options.json)
        session.print_json(json::object{{"project", arguments.project}, {"removed", arguments.user}});
    session.print(fmt::format("{} is no longer a member of {}", arguments.user, arguments.project));
    co_return 0;
}

Command remove_command() {
    return server_command<Arguments>({.name = "remove",
                                      .description = "Take a user's role in a project. It counts at once.",
                                      .examples = "  cang members remove team alice --server https://cang.example\n"},
                                     declare_member, run_remove);
}

} // namespace

Command members_command() {
    return {
        .name = "members",
        .description = "Say who may do what in a project. For administrators of the project.",
        .examples = "  cang members set team alice operator --server https://cang.example\n"
                    "  cang members list team --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), set_command(), remove_command()},
    };
}

} // namespace cang::cli
