#include "base/oci/reference.hpp"
#include "cli/commands.hpp"
#include "cli/prompt.hpp"
#include "cli/registry_access.hpp"
#include "cli/runtime.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <iostream>

namespace cang::cli {

namespace {

struct Arguments {
    std::string registry;
    std::string user;
    bool password_stdin = false;
    PlaceOptions places;
};

constexpr std::size_t kLongestPassword = 64 * 1024; // identity tokens are long

UserPassword read_credentials(Console& console, const Arguments& arguments) {
    if (auto given = parse_credentials(arguments.places.access.credentials, console))
        return *given;
    UserPassword credentials{arguments.user, {}};
    if (arguments.password_stdin) {
        credentials.password = Secret(read_line(console));
    } else {
        if (!console.in_is_terminal)
            throw Error(ErrorKind::invalid_argument, "there is no terminal to ask for the password\n"
                                                     "pass it with --password-stdin");
        if (credentials.user.empty()) {
            console.err << "User: " << std::flush;
            credentials.user = read_line(console);
        }
        credentials.password = ask_secret(console, "Password");
    }
    if (credentials.user.empty())
        throw Error(ErrorKind::invalid_argument, "the user is missing\npass it with --user");
    if (credentials.password.empty() || credentials.password.reveal().size() > kLongestPassword)
        throw Error(ErrorKind::invalid_argument, "the password is empty or too long");
    return credentials;
}

awaitable<int> run_login(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto entered = read_credentials(session.console, arguments);
    distribution::Credentials credentials{entered.user, entered.password, {}};
    auto options = registry_options(arguments.registry, arguments.places, session.console);
    options.credentials = credentials;
    {
        distribution::RegistryClient client(runtime.loop.get_executor(), arguments.registry, std::move(options));
        co_await client.ping();
    }
    auto store = credential_store(arguments.places, session.console);
    store.put(arguments.registry, credentials);
    if (session.options.json)
        session.print_json(boost::json::object{{"registry", arguments.registry}, {"user", entered.user}});
    session.print(fmt::format("logged in to {} as {}", arguments.registry, entered.user));
    co_return 0;
}

void require_registry(const std::string& registry) {
    auto parsed = oci::Reference::parse_docker(registry + "/x");
    if (!parsed || parsed->registry != registry)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("REGISTRY \"{}\" is not HOST[:PORT]", std::string_view(registry).substr(0, 300)));
}

} // namespace

Command login_command() {
    return {
        .name = "login",
        .description = "Log in to a registry and keep the credentials.\n\n"
                       "Tries the credentials at the registry first. They are kept in Docker's config.json, or by the "
                       "credential helper that it names, where docker, podman and skopeo find them too.",
        .examples = "  cang login registry.example.com\n"
                    "  cang login registry.example.com -u robot --password-stdin < password-file\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("REGISTRY", arguments->registry, "HOST[:PORT]; docker.io for Docker Hub.");
            builder.option("-u,--user,--username", "USER", arguments->user, "User name; asked for when missing.");
            builder.flag("--password-stdin", arguments->password_stdin, "Read the password from standard input.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                require_registry(arguments->registry);
                return run_to_end([&](Runtime& runtime) { return run_login(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
