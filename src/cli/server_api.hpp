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
    // operations". An answer without a body is an empty document. Throws what the server answers instead, as an Error
    // of the kind that it names.
    awaitable<boost::json::object> get(std::string path, std::string action);
    awaitable<boost::json::object> post(std::string path, std::string action);
    awaitable<boost::json::object> post(std::string path, const boost::json::object& body, std::string action);
    awaitable<boost::json::object> put(std::string path, const boost::json::object& body, std::string action);
    awaitable<void> remove(std::string path, std::string action);
    // The answer as it comes, of any length; returns that.
    awaitable<std::uint64_t> download(std::string path, io::Writer& target, std::string action);

    // "HOST:PORT", as `docker login` and `cang login` take it.
    const std::string& authority() const noexcept { return client_.registry(); }
    async::BlockingPool& pool() const noexcept { return pool_; }

private:
    awaitable<http::ClientResponse> ask(distribution::ApiRequest request, const std::string& action);
    awaitable<boost::json::object> ask_document(distribution::ApiRequest request, std::string action);

    async::BlockingPool& pool_;
    bool plain_http_;
    distribution::RegistryClient client_;
};

} // namespace cang::cli
