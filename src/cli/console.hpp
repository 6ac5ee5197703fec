// What a command sees of the outside world: streams, terminal and environment, so that tests run commands in process.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace cang::cli {

struct Console {
    std::ostream& out; // results
    std::ostream& err; // progress, warnings, errors
    std::istream& in;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool in_is_terminal = false;
    std::size_t columns = 80;
    std::size_t rows = 24;
    // Value of an environment variable; empty when it is not set.
    std::function<std::string(const std::string& name)> environment;
};

// The real one: standard streams, window size, getenv.
Console& process_console();

} // namespace cang::cli
