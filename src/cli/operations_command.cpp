#include "cli/commands.hpp"

namespace cang::cli {

Command operations_command() {
    return {
        .name = "operations",
        .description = "Show and steer the slow work of a server: copies, syncs, imports, collections.\n\n"
                       "A server stores every operation before it starts and keeps it in its history afterwards.",
        .examples = "  cang operations list --server http://127.0.0.1:5000 --state running\n"
                    "  cang operations watch ID --server http://127.0.0.1:5000\n",
        .environment = {},
        .declare = {},
        .commands = {operations_list_command(), operations_show_command(), operations_watch_command(),
                     operations_cancel_command(), operations_retry_command()},
    };
}

} // namespace cang::cli
