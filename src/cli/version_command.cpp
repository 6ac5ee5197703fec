#include "base/build.hpp"
#include "cli/commands.hpp"

#include <CLI/Version.hpp>
#include <boost/json.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

namespace cang::cli {

namespace {

std::string boost_version() {
    return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
}

std::string fmt_version() {
    return fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

int print_version(const Session& session) {
    if (session.options.json) {
        session.print_json(boost::json::object{{"version", build_version()},
                                               {"commit", build_commit()},
                                               {"compiler", __VERSION__},
                                               {"libraries",
                                                {{"boost", boost_version()},
                                                 {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
                                                 {"fmt", fmt_version()},
                                                 {"cli11", CLI11_VERSION}}}});
        return 0;
    }
    session.print(fmt::format("cang {} ({})", build_version(), build_commit()));
    session.print(__VERSION__);
    session.print(fmt::format("Boost {}, OpenSSL {}, fmt {}, CLI11 {}", boost_version(),
                              OpenSSL_version(OPENSSL_VERSION_STRING), fmt_version(), CLI11_VERSION));
    return 0;
}

} // namespace

Command version_command() {
    return {
        .name = "version",
        .description = "Print the version, what it was built from, and its libraries.",
        .examples = "  cang version\n  cang version --json\n",
        .environment = {},
        .declare = [](OptionBuilder&, Session& session) -> Action {
            return [&session] { return print_version(session); };
        },
    };
}

} // namespace cang::cli
