#include "cli/console.hpp"

#include <cstdlib>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cang::cli {

namespace {

std::string get_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::string() : std::string(value);
}

} // namespace

Console& process_console() {
    static Console console{.out = std::cout, .err = std::cerr, .in = std::cin, .environment = get_environment};
    console.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    console.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
    console.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        console.columns = size.ws_col;
        console.rows = size.ws_row;
    }
    return console;
}

} // namespace cang::cli
