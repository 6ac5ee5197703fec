// `cang serve`: its options, help and first words.
#pragma once

#include "app/config.hpp"
#include "cli/run.hpp"

namespace cang::app {

// Serves until a signal; returns the exit code. Throws Error when the server can't start.
int serve(const settings::Sources& sources);

cli::ExtraCommand serve_command();

} // namespace cang::app
