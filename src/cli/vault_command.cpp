#include "cli/commands.hpp"

namespace cang::cli {

Command vault_command() {
    return {
        .name = "vault",
        .description = "Keep the keys with which the server seals passwords of registries and signs tokens.",
        .examples = "  cang vault rotate --data /var/lib/cang\n",
        .environment = {},
        .declare = {},
        .commands = {vault_rotate_command()},
    };
}

} // namespace cang::cli
