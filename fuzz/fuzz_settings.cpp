// The configuration file of the server: every input is read or refused with reasons, and what is read is faultless.
#include "require.hpp"
#include "settings/config_file.hpp"

#include <set>

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto reading = settings::read_config_file(text, "cang.yaml");
    std::set<const settings::Setting*> seen;
    for (const auto& entry : reading.entries) {
        fuzz::require(seen.insert(entry.setting).second, "a setting is given once");
        fuzz::require(!settings::find_fault(*entry.setting, entry.value.text), "values are faultless");
    }
    fuzz::require(reading.problems.size() <= 50, "problems are bounded");
    for (const auto& problem : reading.problems)
        fuzz::require(problem.starts_with("cang.yaml:"), "problems say where they are");
    return 0;
}
