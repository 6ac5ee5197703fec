// Where `cang config …` finds the settings: as `cang serve` would without options.
#pragma once

#include "cli/command.hpp"
#include "settings/read_settings.hpp"

namespace cang::cli {

void add_config_option(OptionBuilder& builder, std::string& file);

// `file` is what --config said, if anything.
settings::Sources config_sources(const Console& console, const std::string& file);

} // namespace cang::cli
