#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/prompt.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"
#include "settings/byte_size.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

namespace json = boost::json;

struct ListArguments {
    ListOptions list;
    PlaceOptions places;
};

// Of every other command; each has the flags that it declares.
struct ProjectArguments {
    std::string name;
    std::string display_name;
    std::string description;
    std::optional<bool> is_public;
    std::string quota;
    bool yes = false;
    PlaceOptions places;
};

std::string project_path(const ProjectArguments& arguments) {
    return "/projects/" + http::percent_encode(arguments.name);
}

void declare_project(OptionBuilder& builder, ProjectArguments& arguments) {
    builder.positional("PROJECT", arguments.name, "The first element of the names of its repositories.");
}

void declare_settings(OptionBuilder& builder, ProjectArguments& arguments) {
    declare_project(builder, arguments);
    builder.option("--display-name", "TEXT", arguments.display_name, "Name for people to read.");
    builder.option("--description", "TEXT", arguments.description, "What it is for.");
    builder.flag("--public", arguments.is_public, "Everybody may pull; --public=false takes that back.");
    builder.option("--quota", "SIZE", arguments.quota,
                   "How much it may store, such as 50GB or 1TiB; none for no limit.");
}

// What is given of the settings goes over what `body` has.
json::object with_settings(json::object body, const ProjectArguments& arguments) {
    if (!arguments.display_name.empty())
        body["displayName"] = arguments.display_name;
    if (!arguments.description.empty())
        body["description"] = arguments.description;
    if (arguments.is_public)
        body["public"] = *arguments.is_public;
    if (arguments.quota == "none") {
        body["quotaBytes"] = nullptr;
    } else if (!arguments.quota.empty()) {
        auto bytes = settings::parse_size(arguments.quota);
        if (!bytes)
            throw Error(ErrorKind::invalid_argument, "--quota: " + bytes.error().to_string());
        body["quotaBytes"] = *bytes;
    }
    return body;
}

std::string used_of(const json::object& project) { return human_bytes(number_of(project, "usedBytes").value_or(0)); }

std::string quota_of(const json::object& project) {
    auto quota = number_of(project, "quotaBytes");
    return quota ? human_bytes(*quota) : "none";
}

std::string visibility_of(const json::object& project) { return flag_of(project, "public") ? "public" : "private"; }

std::string repositories_of(const json::object& project) {
    return fmt::to_string(number_of(project, "repositories").value_or(0));
}

awaitable<int> run_list(ServerApi& server, const Session& session, const ListArguments& arguments) {
    auto page = co_await server.get(list_path("/projects", arguments.list), "listing projects");
    const std::vector<Column> columns{
        {"NAME", [](const json::object& project) { return text_of(project, "name"); }},
        {"YOUR ROLE", [](const json::object& project) { return text_of(project, "role"); }},
        {"VISIBILITY", visibility_of},
        {"REPOSITORIES", repositories_of},
        {"USED", used_of},
        {"QUOTA", quota_of},
        {"DISPLAY NAME", [](const json::object& project) { return text_of(project, "displayName"); }},
    };
    print_list(session, page, columns, "no projects");
    co_return 0;
}

Command list_command() {
    auto declare = [](OptionBuilder& builder, ListArguments& arguments) { add_list_options(builder, arguments.list); };
    return server_command<ListArguments>({.name = "list",
                                          .description = "List the projects that you may see, with your role in each.",
                                          .examples = "  cang projects list --server https://cang.example\n"
                                                      "  cang projects list --search team --json\n"},
                                         declare, run_list);
}

void print_project(const Session& session, const json::object& project) {
    if (session.options.json)
        session.print_json(project);
    session.print(field_lines({{"Name", text_of(project, "name")},
                               {"Display name", text_of(project, "displayName")},
                               {"Description", text_of(project, "description")},
                               {"Visibility", visibility_of(project)},
                               {"Your role", text_of(project, "role")},
                               {"Repositories", repositories_of(project)},
                               {"Used", used_of(project)},
                               {"Quota", quota_of(project)},
                               {"Created", text_of(project, "createdAt")},
                               {"Created by", text_of(project, "createdBy")}}));
}

awaitable<int> run_create(ServerApi& server, const Session& session, const ProjectArguments& arguments) {
    auto body = with_settings(json::object{{"name", arguments.name}}, arguments);
    auto project = co_await server.post("/projects", body, "creating the project");
    if (session.options.json)
        session.print_json(project);
    session.print(fmt::format("created {} project {}", visibility_of(project), text_of(project, "name")));
    co_return 0;
}

Command create_command() {
    return server_command<ProjectArguments>(
        {.name = "create",
         .description = "Create a project. For administrators of the server.\n\n"
                        "Its repositories are those whose names begin with it: team/app belongs to team. It is private "
                        "unless --public is given.",
         .examples = "  cang projects create team --quota 50GB --server https://cang.example\n"
                     "  cang projects create mirror --public --description \"Copies of Docker Hub\"\n"},
        declare_settings, run_create);
}

awaitable<int> run_show(ServerApi& server, const Session& session, const ProjectArguments& arguments) {
    auto project = co_await server.get(project_path(arguments), "showing the project");
    print_project(session, project);
    co_return 0;
}

Command show_command() {
    return server_command<ProjectArguments>(
        {.name = "show",
         .description = "Show a project: visibility, your role, what it stores and may store.",
         .examples = "  cang projects show team --server https://cang.example\n"},
        declare_project, run_show);
}

awaitable<int> run_update(ServerApi& server, const Session& session, const ProjectArguments& arguments) {
    auto changes = with_settings(json::object(), arguments);
    if (changes.empty())
        throw Error(ErrorKind::invalid_argument, "there is nothing to change\n"
                                                 "give --public, --quota, --display-name or --description");
    auto before = co_await server.get(project_path(arguments), "changing the project");
    // What is not sent is emptied, but for the quota.
    json::object body{{"displayName", exact_text_of(before, "displayName")},
                      {"description", exact_text_of(before, "description")},
                      {"public", flag_of(before, "public")}};
    body = with_settings(std::move(body), arguments);
    auto project = co_await server.put(project_path(arguments), body, "changing the project");
    print_project(session, project);
    co_return 0;
}

Command update_command() {
    return server_command<ProjectArguments>(
        {.name = "update",
         .description = "Change a project: what is given is changed, everything else stays.\n\n"
                        "For administrators of the project; --quota for those of the server.",
         .examples = "  cang projects update team --quota 100GB --server https://cang.example\n"
                     "  cang projects update team --public=false --quota none\n"},
        declare_settings, run_update);
}

awaitable<int> run_delete(ServerApi& server, const Session& session, const ProjectArguments& arguments) {
    if (!is_confirmed(session, arguments.yes, "deleting", fmt::format("Delete project {}?", arguments.name)))
        throw Error(ErrorKind::cancelled, "nothing was deleted");
    co_await server.remove(project_path(arguments), "deleting the project");
    if (session.options.json)
        session.print_json(json::object{{"deleted", arguments.name}});
    session.print(fmt::format("deleted project {}", arguments.name));
    co_return 0;
}

Command delete_command_of_projects() {
    auto declare = [](OptionBuilder& builder, ProjectArguments& arguments) {
        declare_project(builder, arguments);
        builder.flag("-y,--yes", arguments.yes, "Do not ask; needed where nobody can answer.");
    };
    return server_command<ProjectArguments>(
        {.name = "delete",
         .description = "Delete a project that has no repositories, with its members and robots.",
         .examples = "  cang projects delete team --yes --server https://cang.example\n"},
        declare, run_delete);
}

} // namespace

Command projects_command() {
    return {
        .name = "projects",
        .description = "Keep the projects of a server: who may pull from them, and how much they may store.",
        .examples = "  cang projects create team --quota 50GB --server https://cang.example\n"
                    "  cang projects list --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), create_command(), show_command(), update_command(), delete_command_of_projects()},
    };
}

} // namespace cang::cli
