#include "cli/commands.hpp"
#include "settings/description.hpp"

#include <ostream>

namespace cang::cli {

Command config_schema_command() {
    return {
        .name = "schema",
        .description = "Print the JSON Schema of the configuration file of `cang serve`.\n\n"
                       "Editors that know YAML schemas complete and check the file with it.",
        .examples = "  cang config schema > cang.schema.json\n",
        .environment = {},
        .declare = [](OptionBuilder&, Session& session) -> Action {
            return [&session] {
                session.console.out << settings::json_schema();
                return 0;
            };
        },
    };
}

} // namespace cang::cli
