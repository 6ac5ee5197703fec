#include "cli/account_names.hpp"
#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/prompt.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

namespace json = boost::json;

struct ListArguments {
    ListOptions list;
    PlaceOptions places;
};

struct NewArguments {
    std::string name;
    std::string display_name;
    std::string email;
    bool admin = false;
    bool password_stdin = false;
    PlaceOptions places;
};

// Of every other command; each has the flags that it declares.
struct UserArguments {
    std::string name;
    bool yes = false;
    bool password_stdin = false;
    PlaceOptions places;
};

void declare_user(OptionBuilder& builder, UserArguments& arguments) {
    builder.positional("USER", arguments.name, "The user, as `cang users list` names it.");
}

awaitable<int> run_list(ServerApi& server, const Session& session, const ListArguments& arguments) {
    auto page = co_await server.get(list_path("/users", arguments.list), "listing users");
    const std::vector<Column> columns{
        {"NAME", [](const json::object& user) { return text_of(user, "name"); }},
        {"ADMIN", [](const json::object& user) { return std::string(flag_of(user, "admin") ? "yes" : "no"); }},
        {"STATE", [](const json::object& user) { return std::string(flag_of(user, "disabled") ? "disabled" : "ok"); }},
        {"ORIGIN", [](const json::object& user) { return text_of(user, "origin"); }},
        {"PROJECTS", [](const json::object& user) { return fmt::to_string(number_of(user, "projects").value_or(0)); }},
        {"LAST LOGIN", [](const json::object& user) { return text_of(user, "lastLoginAt"); }},
        {"DISPLAY NAME", [](const json::object& user) { return text_of(user, "displayName"); }},
    };
    print_list(session, page, columns, "no users");
    co_return 0;
}

Command list_command() {
    auto declare = [](OptionBuilder& builder, ListArguments& arguments) { add_list_options(builder, arguments.list); };
    return server_command<ListArguments>({.name = "list",
                                          .description = "List the people who have an account on the server.",
                                          .examples = "  cang users list --server https://cang.example\n"
                                                      "  cang users list --search ali --sort -createdAt --json\n"},
                                         declare, run_list);
}

awaitable<int> run_create(ServerApi& server, const Session& session, const NewArguments& arguments) {
    auto password = read_new_password(session.console, arguments.password_stdin);
    json::object body{{"name", arguments.name}, {"password", password.reveal()}, {"admin", arguments.admin}};
    if (!arguments.display_name.empty())
        body["displayName"] = arguments.display_name;
    if (!arguments.email.empty())
        body["email"] = arguments.email;
    auto user = co_await server.post("/users", body, "creating the user");
    if (session.options.json)
        session.print_json(user);
    session.print(fmt::format("created user {}", text_of(user, "name")));
    co_return 0;
}

Command create_command() {
    auto declare = [](OptionBuilder& builder, NewArguments& arguments) {
        builder.positional("USER", arguments.name, "Name to sign in with: letters, digits and . _ - @ +");
        builder.option("--display-name", "TEXT", arguments.display_name, "Name for people to read.");
        builder.option("--email", "ADDRESS", arguments.email, "Mail address.");
        builder.flag("--admin", arguments.admin, "An administrator of the whole server.");
        builder.flag("--password-stdin", arguments.password_stdin, "Read the password from standard input.");
    };
    return server_command<NewArguments>(
        {.name = "create",
         .description = "Create a user.\n\n"
                        "The password, at least eight characters, is asked for twice, or read with --password-stdin. "
                        "What the user may do comes from `cang members set`.",
         .examples = "  cang users create alice --display-name \"Alice Liddell\"\n"
                     "  cang users create bob --password-stdin < password-file\n"},
        declare, run_create);
}

awaitable<int> set_disabled(ServerApi& server, const Session& session, const UserArguments& arguments, bool disabled) {
    auto user = co_await get_user(server, arguments.name);
    // What is not sent is emptied.
    json::object body{{"displayName", exact_text_of(user, "displayName")},
                      {"email", exact_text_of(user, "email")},
                      {"disabled", disabled}};
    auto path = user_path(user);
    auto changed = co_await server.put(std::move(path), body, disabled ? "disabling the user" : "enabling the user");
    if (session.options.json)
        session.print_json(changed);
    session.print(fmt::format("{} is {}", text_of(changed, "name"), disabled ? "disabled" : "enabled"));
    co_return 0;
}

awaitable<int> run_disable(ServerApi& server, const Session& session, const UserArguments& arguments) {
    return set_disabled(server, session, arguments, true);
}

awaitable<int> run_enable(ServerApi& server, const Session& session, const UserArguments& arguments) {
    return set_disabled(server, session, arguments, false);
}

Command disable_command() {
    return server_command<UserArguments>(
        {.name = "disable",
         .description = "Keep a user out.\n\n"
                        "Sessions, tokens and registry tokens of the user end at once; memberships stay for "
                        "`cang users enable`.",
         .examples = "  cang users disable alice --server https://cang.example\n"},
        declare_user, run_disable);
}

Command enable_command() {
    return server_command<UserArguments>({.name = "enable",
                                          .description = "Let a disabled user in again.",
                                          .examples = "  cang users enable alice --server https://cang.example\n"},
                                         declare_user, run_enable);
}

awaitable<int> run_password(ServerApi& server, const Session& session, const UserArguments& arguments) {
    auto password = read_new_password(session.console, arguments.password_stdin);
    auto user = co_await get_user(server, arguments.name);
    json::object body{{"password", password.reveal()}};
    auto path = user_path(user) + "/password";
    co_await server.put(std::move(path), body, "setting the password");
    if (session.options.json)
        session.print_json(json::object{{"user", exact_text_of(user, "name")}, {"passwordSet", true}});
    session.print(fmt::format("{} has a new password; all sessions of before have ended", text_of(user, "name")));
    co_return 0;
}

Command password_command() {
    auto declare = [](OptionBuilder& builder, UserArguments& arguments) {
        declare_user(builder, arguments);
        builder.flag("--password-stdin", arguments.password_stdin, "Read the password from standard input.");
    };
    return server_command<UserArguments>(
        {.name = "password",
         .description = "Give a user a new password.\n\n"
                        "It is asked for twice, or read with --password-stdin. Sessions of the user end.",
         .examples = "  cang users password alice --server https://cang.example\n"
                     "  cang users password alice --password-stdin < password-file\n"},
        declare, run_password);
}

awaitable<int> run_delete(ServerApi& server, const Session& session, const UserArguments& arguments) {
    if (!is_confirmed(session, arguments.yes, "deleting", fmt::format("Delete user {}?", arguments.name)))
        throw Error(ErrorKind::cancelled, "nothing was deleted");
    auto user = co_await get_user(server, arguments.name);
    co_await server.remove(user_path(user), "deleting the user");
    if (session.options.json)
        session.print_json(json::object{{"deleted", arguments.name}});
    session.print(fmt::format("deleted user {}", arguments.name));
    co_return 0;
}

Command delete_command_of_users() {
    auto declare = [](OptionBuilder& builder, UserArguments& arguments) {
        declare_user(builder, arguments);
        builder.flag("-y,--yes", arguments.yes, "Do not ask; needed where nobody can answer.");
    };
    return server_command<UserArguments>(
        {.name = "delete",
         .description = "Delete a user with all sessions, tokens and memberships.\n\n"
                        "What the user has pushed stays, and so does the name in the audit log.",
         .examples = "  cang users delete alice --yes --server https://cang.example\n"},
        declare, run_delete);
}

} // namespace

Command users_command() {
    return {
        .name = "users",
        .description = "Keep the accounts of people on a server. For administrators of the server.",
        .examples = "  cang users create alice --server https://cang.example\n"
                    "  cang users list --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), create_command(), disable_command(), enable_command(), password_command(),
                     delete_command_of_users()},
    };
}

} // namespace cang::cli
