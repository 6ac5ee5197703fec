#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_command.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

awaitable<int> run_cancel(ServerApi& server, const Session& session, const OperationArguments& arguments) {
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
    return server_command<OperationArguments>(
        {.name = "cancel",
         .description = "Ask an operation to stop.\n\n"
                        "It stops within a second and leaves nothing half done in sight; `watch` tells when it has. "
                        "Nothing happens to one that has ended.",
         .examples = "  cang operations cancel ID --server http://127.0.0.1:5000\n"},
        declare_operation, run_cancel);
}

} // namespace cang::cli
