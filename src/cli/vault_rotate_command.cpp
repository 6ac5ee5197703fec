#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/place_opener.hpp"
#include "image/places/warehouse/database.hpp"
#include "transfer/registries.hpp"
#include "vault/key_file.hpp"

#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::size_t kTokenKeyBytes = 32;

struct Arguments {
    bool tokens = false;
    PlaceOptions places;
};

awaitable<int> run_rotate(Runtime& runtime, const Session& session, const Arguments& arguments) {
    PlaceOpener opener(runtime, session);
    auto& warehouse = opener.open_warehouse(arguments.places);
    auto directory = std::filesystem::path(arguments.places.data);
    auto key_file = directory / "secrets.key";
    vault::Sealer ensure(key_file); // makes the first key where there is none
    vault::add_key(key_file);
    vault::Sealer sealer(key_file);
    auto resealed = transfer::reseal_registries(warehouse::database_of(warehouse), sealer);
    vault::drop_old_keys(key_file);
    if (arguments.tokens)
        vault::put_secret_file(directory / "token.key", Secret(random_hex(kTokenKeyBytes)));
    if (session.options.json)
        session.print_json({{"resealed", resealed}, {"tokensVoid", arguments.tokens}});
    session.print(fmt::format("secrets.key is a new one; sealed again: {}{}", resealed,
                              arguments.tokens ? "\ntoken.key is a new one: everybody has to sign in again" : ""));
    co_return 0;
}

} // namespace

Command vault_rotate_command() {
    return {
        .name = "rotate",
        .description = "Replace the key that seals stored passwords, and seal them again.\n\n"
                       "May be broken off at any moment and run again. No server may run on the directory. Keep a copy "
                       "of the new secrets.key apart from the database's; backups made before need the old one.",
        .examples = "  cang vault rotate --data /var/lib/cang\n"
                    "  cang vault rotate --data /var/lib/cang --tokens\n",
        .environment = {"CANG_DATA"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.option("--data", "DIR", arguments->places.data, "Data directory of the server.");
            builder.flag("--tokens", arguments->tokens,
                         "Replace the key that signs tokens, too: every session and registry token ends.");
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_rotate(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
