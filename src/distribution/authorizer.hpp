// Answers a registry's challenges: Basic, and Bearer tokens from its token endpoint (distribution "token
// authentication"), kept per scope until they expire. One registry, one set of credentials, one executor.
#pragma once

#include "base/clock.hpp"
#include "distribution/challenge.hpp"
#include "distribution/credentials.hpp"
#include "http/client.hpp"

#include <boost/asio/steady_timer.hpp>
#include <map>

namespace cang::distribution {

// Scopes of one request, for example {"repository:library/nginx:pull"}.
using Scopes = std::vector<std::string>;

class Authorizer {
public:
    struct Options {
        std::string registry; // for messages
        bool secure = true;   // the registry is reached by https: tokens are then only fetched by https
        bool basic = false;   // sends the credentials without waiting for a challenge
        Credentials credentials;
        http::TlsOptions tls;
    };

    // `client` and `clock` must outlive the authorizer.
    Authorizer(http::Client& client, const Clock& clock, asio::any_io_executor executor, Options options);

    // Value of the Authorization header for a request of these scopes; empty: send none. Fetches a token when a former
    // challenge said how.
    awaitable<std::string> authorization(Scopes scopes);
    // After a 401 to a request that carried `used`: prepares another answer. False when there is none.
    awaitable<bool> answer(const http::Fields& response_headers, Scopes scopes, std::string used);
    void set_secure(bool secure) { options_.secure = secure; }

private:
    struct Token {
        std::string header;
        Timestamp expires_at;
    };
    class Turn;

    awaitable<void> fetch_token(std::string key, Scopes scopes);
    http::ClientRequest get_request(const Scopes& scopes) const;
    http::ClientRequest refresh_request(const Scopes& scopes, std::string& form) const;
    bool adopt(const Challenge& challenge);
    void check_realm() const;
    awaitable<void> take_turn();
    void end_turn();
    std::string basic_header() const;
    std::string find_token(const std::string& key) const;

    http::Client& client_;
    const Clock& clock_;
    Options options_;
    bool basic_ = false;
    std::string realm_; // of the Bearer challenge; empty until one came
    std::string service_;
    std::map<std::string, Token> tokens_;
    bool busy_ = false; // one token request at a time, so that concurrent requests share its token
    asio::steady_timer turn_;
};

} // namespace cang::distribution
