// One registry with one set of credentials, on one executor: where it is, who we are there, and how a request is sent
// and refused. What can be asked of it is in blobs, manifests, tags, referrers and catalog.
#pragma once

#include "async/turns.hpp"
#include "distribution/authorizer.hpp"

#include <set>

namespace cang::distribution {

struct RegistryOptions {
    bool plain_http = false; // http instead of https
    // Sends the credentials without waiting for a challenge: what is open to everybody may answer more to who is known.
    bool basic = false;
    http::TlsOptions tls;
    // tls.verify = false also lets a registry be spoken to by http when it does not speak TLS, as skopeo does.
    bool plain_http_fallback = true;
    Credentials credentials;
    http::ClientOptions http;
    // Largest piece of a blob in one request; 0 sends a blob in one PUT.
    std::uint64_t chunk_bytes = 0;
    std::shared_ptr<const Clock> clock; // null: the system's
};

// "registry-1.docker.io" for Docker Hub under any of its names, else the registry itself.
std::string api_authority(const std::string& registry);

struct ApiRequest {
    http::Method method = http::Method::get;
    std::string target; // "/v2/…", or an absolute URL that the registry gave (Location, Link)
    http::Fields headers;
    Scopes scopes;
    std::optional<std::string> text;         // a body that can be sent again
    io::Reader* body = nullptr;              // or one that cannot; must outlive the call
    std::optional<std::uint64_t> body_bytes; // of `body`
};

class RegistryClient {
public:
    // `registry` is "host[:port]" or "docker.io".
    RegistryClient(asio::any_io_executor executor, std::string registry, RegistryOptions options = {});
    RegistryClient(const RegistryClient&) = delete;
    RegistryClient& operator=(const RegistryClient&) = delete;

    const std::string& registry() const noexcept { return registry_; }
    const RegistryOptions& options() const noexcept { return options_; }

    // Sends with authorization; answers one challenge. A 401 to a request whose body cannot be sent again is returned,
    // and the next request is authorized. Any status is a response.
    awaitable<http::ClientResponse> send(ApiRequest request);
    // Throws what the response's refusal means.
    awaitable<void> refuse(http::ClientResponse& response, std::string action);
    // Checks that it is a registry and that we may enter: for login.
    awaitable<void> ping();

    // A pushed manifest with a subject showed that the registry does not list referrers; it is asked no more.
    bool referrers_api_missing = false;

private:
    awaitable<http::ClientResponse> send_authorized(ApiRequest& request, std::string& used);
    awaitable<void> choose_scheme();
    awaitable<bool> answers(std::string_view scheme);
    std::string base_url() const;
    bool is_own_url(std::string_view url) const;
    http::ClientRequest make_request(ApiRequest& request) const;
    void note_warnings(const http::Fields& headers);

    std::string registry_;
    std::string authority_;
    RegistryOptions options_;
    bool secure_;
    bool scheme_known_;
    async::Turns choosing_;
    http::Client client_;
    Authorizer authorizer_;
    std::set<std::string> warnings_;
};

Scopes pull_scope(const std::string& repository);
Scopes push_scope(const std::string& repository);
Scopes delete_scope(const std::string& repository);

} // namespace cang::distribution
