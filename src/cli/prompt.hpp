// What people are asked on a terminal: passwords, and whether they mean it.
#pragma once

#include "base/secret.hpp"
#include "cli/session.hpp"

namespace cang::cli {

// A line of standard input without its end.
std::string read_line(Console& console);

// The terminal shows nothing of what is typed, and is as before also when the program is interrupted meanwhile.
Secret ask_secret(Console& console, std::string_view question);

// A password that is to be one: the line on standard input, or typed twice on a terminal. Throws
// Error{invalid_argument} when there is none to read, or the two differ.
Secret read_new_password(Console& console, bool from_stdin);

// Asks `question` unless `yes`. `what` is what the command does, "deleting", for the message where nobody can answer.
bool is_confirmed(const Session& session, bool yes, std::string_view what, std::string_view question);

} // namespace cang::cli
