#include "cli/commands.hpp"
#include "cli/registry_access.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string registry;
    PlaceOptions places;
};

int run_logout(const Session& session, const Arguments& arguments) {
    auto store = credential_store(arguments.places, session.console);
    if (!store.erase(arguments.registry))
        throw Error(ErrorKind::not_found, fmt::format("not logged in to {}", arguments.registry));
    if (session.options.json)
        session.print_json(boost::json::object{{"registry", arguments.registry}});
    session.print(fmt::format("logged out of {}", arguments.registry));
    return 0;
}

} // namespace

Command logout_command() {
    return {
        .name = "logout",
        .description = "Forget the credentials of a registry.",
        .examples = "  cang logout registry.example.com\n",
        .environment = {"DOCKER_CONFIG", "REGISTRY_AUTH_FILE"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("REGISTRY", arguments->registry, "HOST[:PORT]; docker.io for Docker Hub.");
            builder.option("--authfile", "FILE", arguments->places.authfile,
                           "Credentials file; default ~/.docker/config.json.");
            return [arguments, &session] { return run_logout(session, *arguments); };
        },
    };
}

} // namespace cang::cli
