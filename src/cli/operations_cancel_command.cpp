#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_api.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string id;
    PlaceOptions places;
};

awaitable<int> run_cancel(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto places = require_server(arguments.places, session.console);
    ServerApi server(runtime, session, places);
    auto document = co_await server.post(operation_path(arguments.id, "/cancel"), "cancelling the operation");
    auto operation = OperationView::read(document);
    if (session.options.json)
        session.print_json(document);
    bool cancelled = operation.state == "cancelled";
    if (operation.ended() && !cancelled)
        session.print(fmt::format("{} has ended already: {}", operation.id, operation.state));
    else
        session.print(fmt::format("{} {}", operation.id, cancelled ? "is cancelled" : "is asked to stop"));
    co_return 0;
}

} // namespace

Command operations_cancel_command() {
    return {
        .name = "cancel",
        .description = "Ask an operation to stop.\n\n"
                       "It stops within a second and leaves nothing half done in sight; `watch` tells when it has. "
                       "Nothing happens to one that has ended.",
        .examples = "  cang operations cancel ID --server http://127.0.0.1:5000\n",
        .environment = server_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("ID", arguments->id, "The operation, as `cang operations list` names it.");
            add_server_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_cancel(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
