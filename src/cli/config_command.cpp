#include "cli/commands.hpp"

namespace cang::cli {

Command config_command() {
    return {
        .name = "config",
        .description = "Check, show and describe the settings of `cang serve`.\n\n"
                       "A setting is an option of `cang serve`, a variable, and a key of its configuration file: "
                       "--gc-interval, CANG_GC_INTERVAL, and gc-interval in the section storage. An option goes before "
                       "its variable, a variable before the file.",
        .examples = "  cang config verify --config /etc/cang/cang.yaml\n"
                    "  cang config schema > cang.schema.json\n",
        .environment = {},
        .declare = {},
        .commands = {config_verify_command(), config_show_command(), config_schema_command()},
    };
}

} // namespace cang::cli
