#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/moment.hpp"
#include "cli/scopes.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

namespace json = boost::json;

// Of every command; each has what it declares.
struct Arguments {
    std::string name;
    std::vector<std::string> permissions;
    std::string expires;
    PlaceOptions places;
};

void declare_nothing(OptionBuilder&, Arguments&) {}

std::string may(const json::object& token) {
    auto scopes = scopes_text(token);
    return scopes.empty() ? "everything that you may" : scopes;
}

awaitable<int> run_list(ServerApi& server, const Session& session, const Arguments&) {
    auto page = co_await server.get("/account/tokens", "listing tokens");
    const std::vector<Column> columns{
        {"ID", [](const json::object& token) { return text_of(token, "id"); }},
        {"NAME", [](const json::object& token) { return text_of(token, "name"); }},
        {"CREATED", [](const json::object& token) { return text_of(token, "createdAt"); }},
        {"EXPIRES", [](const json::object& token) { return text_of(token, "expiresAt"); }},
        {"LAST USED", [](const json::object& token) { return text_of(token, "lastUsedAt"); }},
        {"MAY", may},
    };
    print_list(session, page, columns, "no tokens");
    co_return 0;
}

Command list_command() {
    return server_command<Arguments>({.name = "list",
                                      .description = "List your personal tokens; the tokens themselves nobody knows.",
                                      .examples = "  cang tokens list --server https://cang.example\n"},
                                     declare_nothing, run_list);
}

awaitable<int> run_create(ServerApi& server, const Session& session, const Arguments& arguments) {
    json::object body{{"name", arguments.name}, {"scopes", scopes_of(arguments.permissions, "*")}};
    if (auto expires = moment_after("--expires", arguments.expires, SystemClock().now()); !expires.empty())
        body["expiresAt"] = expires;
    auto shown = co_await server.post("/account/tokens", body, "creating the token");
    auto token = text_of(shown, "token");
    if (token.empty())
        throw Error(ErrorKind::unsupported, "the server's answer has no token; is it a cang server?");
    if (session.options.json)
        session.print_json(shown);
    session.print(token);
    session.note(fmt::format("this is the token, and it is not shown again; to use it in the place of your password:\n"
                             "  docker login {} -u YOUR-NAME --password-stdin",
                             server.authority()));
    co_return 0;
}

Command create_command() {
    auto declare = [](OptionBuilder& builder, Arguments& arguments) {
        builder.positional("NAME", arguments.name, "What it is for, to know it by later.");
        add_permission_option(builder, arguments.permissions,
                              "What it may do, such as image.pull, in every project, or team:image.pull in one; "
                              "repeatable. Everything that you may when not given.");
        builder.option("--expires", "WHEN", arguments.expires, "In 90d, or at 2026-12-31; never when not given.");
    };
    return server_command<Arguments>(
        {.name = "create",
         .description = "Create a personal token, which a program uses in the place of your password.\n\n"
                        "Standard output gets the token and nothing else; it is not shown again. It never may do more "
                        "than you, and less where --permission says so.",
         .examples = "  cang tokens create laptop --expires 90d --server https://cang.example\n"
                     "  cang tokens create nightly-pull --permission team:image.pull > token-file\n"
                     "  cang login cang.example -u alice --password-stdin < token-file\n"},
        declare, run_create);
}

// By id or by name; names need not be unique.
std::string id_of(const json::object& page, const std::string& wanted) {
    std::vector<std::string> found;
    for (const auto& item : items_of(page)) {
        const auto& token = item.get_object();
        auto id = exact_text_of(token, "id");
        if (id == wanted)
            return id;
        if (exact_text_of(token, "name") == wanted)
            found.push_back(std::move(id));
    }
    if (found.empty())
        throw Error(ErrorKind::not_found,
                    fmt::format("you have no token {}\n`cang tokens list` tells which you have", wanted));
    if (found.size() > 1)
        throw Error(ErrorKind::conflict,
                    fmt::format("{} of your tokens are named {}\nname one by its id, as `cang tokens list` tells it",
                                found.size(), wanted));
    return found.front();
}

awaitable<int> run_revoke(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto page = co_await server.get("/account/tokens", "revoking the token");
    auto id = id_of(page, arguments.name);
    co_await server.remove("/account/tokens/" + http::percent_encode(id), "revoking the token");
    if (session.options.json)
        session.print_json(json::object{{"revoked", id}});
    session.print(fmt::format("revoked {}", arguments.name));
    co_return 0;
}

Command revoke_command() {
    auto declare = [](OptionBuilder& builder, Arguments& arguments) {
        builder.positional("TOKEN", arguments.name, "Its name or id, as `cang tokens list` tells them.");
    };
    return server_command<Arguments>({.name = "revoke",
                                      .description = "Revoke a personal token: it is void at once.",
                                      .examples = "  cang tokens revoke laptop --server https://cang.example\n"},
                                     declare, run_revoke);
}

} // namespace

Command tokens_command() {
    return {
        .name = "tokens",
        .description = "Keep your personal tokens: what programs of yours use in the place of your password.",
        .examples = "  cang tokens create laptop --expires 90d --server https://cang.example\n"
                    "  cang tokens list --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), create_command(), revoke_command()},
    };
}

} // namespace cang::cli
