#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>

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

void print_page(const Session& session, const boost::json::object& page) {
    const auto& items = items_of(page);
    if (session.options.json)
        return session.print_json(page);
    if (items.empty())
        return session.note("no operations");
    session.print(list_heading());
    for (const auto& item : items)
        session.print(list_line(OperationView::read(item.get_object())));
    note_next_page(session, page);
}

awaitable<int> run_list(ServerApi& server, const Session& session, const Arguments& arguments) {
    auto path = with_query("/operations", {{"limit", std::to_string(arguments.limit)},
                                           {"type", arguments.type},
                                           {"state", arguments.state},
                                           {"search", arguments.search},
                                           {"cursor", arguments.cursor}});
    auto page = co_await server.get(std::move(path), "listing operations");
    print_page(session, page);
    co_return 0;
}

void declare_list(OptionBuilder& builder, Arguments& arguments) {
    builder.option("--state", "STATE", arguments.state,
                   "Only those in this state: pending, running, succeeded, failed, cancelled, interrupted.");
    builder.option("--type", "TYPE", arguments.type, "Only those of this type, such as copy or registry.gc.");
    builder.option("--search", "TEXT", arguments.search, "Only those with this text in title, id or input.");
    builder.option("-n,--limit", "N", arguments.limit, 1, 500, "List at most so many; default 20.");
    builder.option("--cursor", "CURSOR", arguments.cursor, "Go on where the page before ended.");
}

} // namespace

Command operations_list_command() {
    return server_command<Arguments>({.name = "list",
                                      .description = "List operations, newest first.",
                                      .examples =
                                          "  cang operations list --server http://127.0.0.1:5000 --state failed\n"
                                          "  cang operations list --search library/nginx --limit 100 --json\n"},
                                     declare_list, run_list);
}

} // namespace cang::cli
