// One run of the program: the console, the options that every command has, and how results and failures are shown.
#pragma once

#include "base/error.hpp"
#include "cli/console.hpp"

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

namespace cang::cli {

struct GlobalOptions {
    bool json = false;
    bool quiet = false;
    bool debug = false;
    bool no_color = false;
};

struct Session {
    Console& console;
    GlobalOptions options;

    bool shows_bars() const { return console.err_is_terminal && !options.json && !options.quiet; }
    bool uses_color() const;
    // One JSON document on one line of standard output.
    void print_json(const boost::json::value& document) const;
    // A line for people on standard output; nothing with --json.
    void print(std::string_view line) const;
    // A line on standard error; nothing with --quiet or --json.
    void note(std::string_view line) const;
};

// "cang: MESSAGE" and, where one helps, a hint line, or {"error":{…}} with --json. A message with a line break carries
// its own hint after it. Returns the exit code of the error's kind.
int report(const Session& session, const Error& error);

// What the user may do about it; empty when there is nothing to say.
std::string hint_for(const Error& error);

} // namespace cang::cli
