// Commands whose whole work is to ask a server: the options of the server and the run are declared here, once.
#pragma once

#include "cli/server_api.hpp"

#include <memory>

namespace cang::cli {

// What --help says of a command.
struct Page {
    std::string name;
    std::string description;
    std::string examples;
};

using AskServer = std::function<awaitable<int>(ServerApi&)>;

// Declares the options of a server behind those that the command has declared. The action connects as they say and
// asks; `places` must live as long as `ask`.
Action server_action(OptionBuilder& builder, const Session& session, PlaceOptions& places, AskServer ask);

// `Arguments` is what `declare` fills: a struct with a PlaceOptions named `places`.
template <typename Arguments>
Command server_command(Page page, void (*declare)(OptionBuilder&, Arguments&),
                       awaitable<int> (*run)(ServerApi&, const Session&, const Arguments&)) {
    return {
        .name = std::move(page.name),
        .description = std::move(page.description),
        .examples = std::move(page.examples),
        .environment = server_environment(),
        .declare = [declare, run](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            declare(builder, *arguments);
            return server_action(builder, session, arguments->places, [arguments, run, &session](ServerApi& server) {
                return run(server, session, *arguments);
            });
        },
    };
}

} // namespace cang::cli
