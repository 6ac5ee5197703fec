#include "cli/config_sources.hpp"

namespace cang::cli {

void add_config_option(OptionBuilder& builder, std::string& file) {
    builder.option("--config", "FILE", file, "Configuration file (YAML).");
}

settings::Sources config_sources(const Console& console, const std::string& file) {
    return {.flags = {},
            .file = file.empty() ? console.environment("CANG_CONFIG") : file,
            .environment = console.environment};
}

} // namespace cang::cli
