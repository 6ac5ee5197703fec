// The API of a running server (--server), as far as commands ask it: JSON documents, and problems as Errors.
#pragma once

#include "cli/place_options.hpp"
#include "cli/runtime.hpp"
#include "distribution/registry_client.hpp"

#include <boost/json/object.hpp>

namespace cang::cli {

// `options` from the flags alone. Throws Error{invalid_argument} when no flag and no variable names a server.
PlaceOptions require_server(PlaceOptions options, const Console& console);

class ServerApi {
public:
    // `options` has --server filled in. A request that moves nothing for `patience` fails.
    ServerApi(Runtime& runtime, const Session& session, const PlaceOptions& options,
              std::chrono::seconds patience = std::chrono::seconds(60));

    // The answer to a request for "/api/v1" + `path`. `action` says what is being done, for messages: "listing
    // operations". Throws what the server answers instead, as an Error of the kind that it names.
    awaitable<boost::json::object> get(std::string path, std::string action);
    awaitable<boost::json::object> post(std::string path, std::string action);

private:
    awaitable<boost::json::object> ask(http::Method method, std::string path, std::string action);

    distribution::RegistryClient client_;
};

} // namespace cang::cli
