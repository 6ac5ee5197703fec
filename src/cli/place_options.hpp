// The options about places that commands share: where the warehouse is, how registries and engines are reached.
#pragma once

#include "base/secret.hpp"
#include "cli/command.hpp"

#include <optional>
#include <string>

namespace cang::cli {

// One side of a copy, or the only side there is.
struct AccessOptions {
    std::optional<bool> tls_verify;
    std::string credentials; // USER[:PASSWORD]
    std::string cert_dir;    // ca.crt, *.cert and *.key as Docker's certs.d has them
    std::string ca_file;
    std::string client_cert;
    std::string client_key;
};

struct PlaceOptions {
    AccessOptions access;
    std::string authfile;
    std::string docker_host;
    std::string proxy;
    std::string server;
    std::string data;
};

// Declares the options of a command with one place.
void add_place_options(OptionBuilder& builder, PlaceOptions& options);

// Declares the options of a command that only asks a server.
void add_server_options(OptionBuilder& builder, PlaceOptions& options);

// A command with two: --source-* and --target-* go before the plain ones.
struct TwoPlaceOptions {
    PlaceOptions common;
    AccessOptions source;
    AccessOptions target;

    PlaceOptions source_options() const;
    PlaceOptions target_options() const;
};
void add_two_place_options(OptionBuilder& builder, TwoPlaceOptions& options);

// Fills --server, --data, --authfile and --docker-host from the environment where they are not given. A flag beats a
// variable: --data drops CANG_SERVER and the other way round. Both flags together throw Error{invalid_argument}.
PlaceOptions with_environment(PlaceOptions options, const Console& console);

struct UserPassword {
    std::string user;
    Secret password;
};
// nullopt when `text` is empty. Throws Error{invalid_argument} without a user or without a password, neither in the
// text nor in CANG_PASSWORD; the text never appears in the message.
std::optional<UserPassword> parse_credentials(const std::string& text, const Console& console);

// Names of the variables that place options read, for help_footer().
std::vector<std::string> place_environment();
std::vector<std::string> server_environment();

} // namespace cang::cli
