#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_api.hpp"

#include <boost/json.hpp>

namespace cang::cli {

namespace {

struct Arguments {
    std::string id;
    PlaceOptions places;
};

awaitable<int> run_show(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto places = require_server(arguments.places, session.console);
    ServerApi server(runtime, session, places);
    auto document = co_await server.get(operation_path(arguments.id), "showing the operation");
    auto operation = OperationView::read(document);
    if (session.options.json)
        session.print_json(document);
    session.print(detail_lines(operation));
    co_return 0;
}

} // namespace

Command operations_show_command() {
    return {
        .name = "show",
        .description = "Show an operation: state, progress, input, result or error.",
        .examples = "  cang operations show ID --server http://127.0.0.1:5000\n",
        .environment = server_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("ID", arguments->id, "The operation, as `cang operations list` names it.");
            add_server_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_show(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
