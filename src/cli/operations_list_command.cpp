#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/printable.hpp"
#include "cli/server_api.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string type;
    std::string state;
    std::string search;
    std::string cursor;
    std::uint64_t limit = 20;
    PlaceOptions places;
};

std::string list_path(const Arguments& arguments) {
    auto path = fmt::format("/operations?limit={}", arguments.limit);
    auto add = [&path](std::string_view name, const std::string& value) {
        if (!value.empty())
            path += fmt::format("&{}={}", name, http::percent_encode(value));
    };
    add("type", arguments.type);
    add("state", arguments.state);
    add("search", arguments.search);
    add("cursor", arguments.cursor);
    return path;
}

void print_page(const Session& session, const boost::json::object& page) {
    if (session.options.json)
        return session.print_json(page);
    const auto* items = page.if_contains("items");
    if (items == nullptr || !items->is_array())
        throw Error(ErrorKind::unsupported, "the server's answer is not a list; is it a cang server?");
    if (items->get_array().empty())
        return session.note("no operations");
    session.print(list_heading());
    for (const auto& item : items->get_array())
        if (const auto* document = item.if_object())
            session.print(list_line(OperationView::read(*document)));
    if (const auto* next = page.if_contains("next"); next != nullptr && next->is_string())
        session.note(fmt::format("more with --cursor {}", printable(std::string_view(next->get_string()))));
}

awaitable<int> run_list(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto places = require_server(arguments.places, session.console);
    ServerApi server(runtime, session, places);
    auto page = co_await server.get(list_path(arguments), "listing operations");
    print_page(session, page);
    co_return 0;
}

} // namespace

Command operations_list_command() {
    return {
        .name = "list",
        .description = "List operations, newest first.",
        .examples = "  cang operations list --server http://127.0.0.1:5000 --state failed\n"
                    "  cang operations list --search library/nginx --limit 100 --json\n",
        .environment = server_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.option("--state", "STATE", arguments->state,
                           "Only those in this state: pending, running, succeeded, failed, cancelled, interrupted.");
            builder.option("--type", "TYPE", arguments->type, "Only those of this type, such as copy or registry.gc.");
            builder.option("--search", "TEXT", arguments->search, "Only those with this text in title, id or input.");
            builder.option("-n,--limit", "N", arguments->limit, 1, 500, "List at most so many; default 20.");
            builder.option("--cursor", "CURSOR", arguments->cursor, "Go on where the page before ended.");
            add_server_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_list(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
