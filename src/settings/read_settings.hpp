// All settings out of their sources: a flag goes before a variable, a variable before the file, the file before the
// default.
#pragma once

#include "settings/settings.hpp"

#include <functional>
#include <map>

namespace cang::settings {

struct Sources {
    std::map<std::string, std::string, std::less<>> flags; // by the setting's name: {"gc-interval", "2h"}
    std::string file;                                      // of --config; empty: none
    // Value of a variable; empty when it is not set.
    std::function<std::string(const std::string& name)> environment;
};

struct Reading {
    Settings settings;                 // where there is a problem, the next source's
    std::vector<std::string> problems; // all of them, each with where it is and what to do
};

// Reads the file. Throws Error{not_found} and others when that can't be read.
Reading read_settings(const Sources& sources);

// What two settings together get wrong.
std::vector<std::string> find_contradictions(const Settings& settings);

} // namespace cang::settings
