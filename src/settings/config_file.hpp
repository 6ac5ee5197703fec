// The configuration file of `cang serve`: YAML, a mapping of sections, each a mapping of settings. Pure.
#pragma once

#include "settings/settings.hpp"

namespace cang::settings {

inline constexpr std::size_t kMaxConfigBytes = 256 * 1024;

struct FileReading {
    struct Entry {
        const Setting* setting;
        Value value; // faultless
    };
    std::vector<Entry> entries; // one a setting at most
    std::vector<std::string>
        problems; // all of them: "cang.yaml:3:5: unknown key \"lisen\" in server; did you mean listen?"
};

// `name` is what messages call the file.
FileReading read_config_file(std::string_view text, std::string_view name);

} // namespace cang::settings
