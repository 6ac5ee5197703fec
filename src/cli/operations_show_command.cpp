#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_command.hpp"

#include <boost/json.hpp>

namespace cang::cli {

namespace {

awaitable<int> run_show(ServerApi& server, const Session& session, const OperationArguments& arguments) {
    auto document = co_await server.get(operation_path(arguments.id), "showing the operation");
    auto operation = OperationView::read(document);
    if (session.options.json)
        session.print_json(document);
    session.print(detail_lines(operation));
    co_return 0;
}

} // namespace

Command operations_show_command() {
    return server_command<OperationArguments>(
        {.name = "show",
         .description = "Show an operation: state, progress, input, result or error.",
         .examples = "  cang operations show ID --server http://127.0.0.1:5000\n"},
        declare_operation, run_show);
}

} // namespace cang::cli
