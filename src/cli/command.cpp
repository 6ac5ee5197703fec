#include "cli/command.hpp"

#include <CLI/CLI.hpp>

namespace cang::cli {

void OptionBuilder::positional(const std::string& name, std::string& value, const std::string& help, Need need) {
    app_.add_option(name, value, help)->required(need == Need::required)->type_name("");
}

void OptionBuilder::positionals(const std::string& name, std::vector<std::string>& values, const std::string& help,
                                Need need) {
    app_.add_option(name, values, help)->required(need == Need::required)->type_name("");
}

void OptionBuilder::flag(const std::string& names, bool& value, const std::string& help) {
    app_.add_flag(names, value, help)->group(heading_);
}

void OptionBuilder::flag(const std::string& names, std::optional<bool>& value, const std::string& help) {
    app_.add_flag_function(names, [&value](std::int64_t count) { value = count > 0; }, help)->group(heading_);
}

void OptionBuilder::option(const std::string& names, const std::string& value_name, std::string& value,
                           const std::string& help) {
    app_.add_option(names, value, help)->type_name(value_name)->group(heading_);
}

void OptionBuilder::required_option(const std::string& names, const std::string& value_name, std::string& value,
                                    const std::string& help) {
    app_.add_option(names, value, help)->type_name(value_name)->group(heading_)->required();
}

void OptionBuilder::option(const std::string& names, const std::string& value_name, std::vector<std::string>& values,
                           const std::string& help) {
    // One value an occurrence: a vector option would swallow the positional arguments that follow it.
    app_.add_option(names, values, help)
        ->type_name(value_name)
        ->group(heading_)
        ->type_size(1)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
}

void OptionBuilder::option(const std::string& names, const std::string& value_name, std::uint64_t& value,
                           std::uint64_t lowest, std::uint64_t highest, const std::string& help) {
    app_.add_option(names, value, help)->check(CLI::Range(lowest, highest))->type_name(value_name)->group(heading_);
}

} // namespace cang::cli
