#include "cli/server_command.hpp"

namespace cang::cli {

namespace {

awaitable<int> ask_server(Runtime& runtime, const Session& session, const PlaceOptions& given, const AskServer& ask) {
    auto places = require_server(given, session.console);
    ServerApi server(runtime, session, places);
    auto code = co_await ask(server);
    co_return code;
}

} // namespace

Action server_action(OptionBuilder& builder, const Session& session, PlaceOptions& places, AskServer ask) {
    add_server_options(builder, places);
    return [&session, &places, ask = std::move(ask)] {
        return run_to_end([&](Runtime& runtime) { return ask_server(runtime, session, places, ask); });
    };
}

} // namespace cang::cli
