#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/server_command.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

awaitable<int> run_retry(ServerApi& server, const Session& session, const OperationArguments& arguments) {
    auto document = co_await server.post(operation_path(arguments.id, "/retry"), "retrying the operation");
    auto operation = OperationView::read(document);
    if (session.options.json)
        session.print_json(document);
    session.print(operation.id);
    session.note(fmt::format("started again: {}", operation.title));
    co_return 0;
}

} // namespace

Command operations_retry_command() {
    return server_command<OperationArguments>({.name = "retry",
                                               .description =
                                                   "Start an operation that did not succeed again.\n\n"
                                                   "This is a new operation with the same input; its id is printed.",
                                               .examples = "  cang operations retry ID --server http://127.0.0.1:5000\n"
                                                           "  cang operations watch \"$(cang operations retry ID)\"\n"},
                                              declare_operation, run_retry);
}

} // namespace cang::cli
