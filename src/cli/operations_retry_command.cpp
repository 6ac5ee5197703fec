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

awaitable<int> run_retry(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto places = require_server(arguments.places, session.console);
    ServerApi server(runtime, session, places);
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
    return {
        .name = "retry",
        .description = "Start an operation that did not succeed again.\n\n"
                       "This is a new operation with the same input; its id is printed.",
        .examples = "  cang operations retry ID --server http://127.0.0.1:5000\n"
                    "  cang operations watch \"$(cang operations retry ID)\"\n",
        .environment = server_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("ID", arguments->id, "An operation that failed, was cancelled or was interrupted.");
            add_server_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_retry(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
