#include "cli/session.hpp"

#include "base/error_kind.hpp"
#include "cli/printable.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kReset = "\x1b[0m";

} // namespace

bool Session::uses_color() const {
    return console.err_is_terminal && !options.no_color && console.environment("NO_COLOR").empty();
}

void Session::print_json(const boost::json::value& document) const {
    console.out << boost::json::serialize(document) << '\n';
}

void Session::print(std::string_view line) const {
    if (!options.json)
        console.out << line << '\n';
}

void Session::note(std::string_view line) const {
    if (!options.json && !options.quiet)
        console.err << line << '\n';
}

std::string hint_for(const Error& error) {
    const auto& message = error.message();
    auto says = [&](std::string_view part) { return message.find(part) != std::string::npos; };
    if (error.kind() == ErrorKind::unauthenticated)
        return "log in with `cang login REGISTRY`, or pass --creds USER:PASSWORD";
    if (says("certificate") || says("SSL"))
        return "trust the registry's authority with --ca-file FILE, or pass --tls-verify=false";
    if (error.kind() == ErrorKind::rate_limited)
        return "the registry limits requests; log in for a higher limit, or try again later";
    if (error.kind() == ErrorKind::conflict && says("is in use by process"))
        return "a server is running on this directory: name it with --server URL instead of --data";
    return {};
}

int report(const Session& session, const Error& error) {
    auto line_break = error.message().find('\n');
    auto message = printable(std::string_view(error.message()).substr(0, line_break));
    auto hint = line_break == std::string::npos ? hint_for(error) : printable(error.message().substr(line_break + 1));
    const auto& row = error_kind_row(error.kind());
    if (session.options.json) {
        boost::json::object body{{"kind", row.name},
                                 {"code", error.code().empty() ? std::string(row.oci_code) : error.code()},
                                 {"message", message}};
        if (!hint.empty())
            body["hint"] = hint;
        session.print_json(boost::json::object{{"error", std::move(body)}});
        return row.exit_code;
    }
    if (session.uses_color())
        session.console.err << kRed << "cang: " << message << kReset << '\n';
    else
        session.console.err << "cang: " << message << '\n';
    if (!hint.empty())
        session.console.err << "hint: " << hint << '\n';
    return row.exit_code;
}

} // namespace cang::cli
