// Programs named docker-credential-<name>, which keep registry passwords (docker-credential-helpers protocol).
//
// The calls block: use them from the command line or on a blocking pool.
#pragma once

#include "distribution/credentials.hpp"

#include <chrono>
#include <optional>

namespace cang::distribution {

class CredentialHelper {
public:
    // A helper may ask its user for a finger or a PIN; after this long it is killed.
    static constexpr std::chrono::seconds time_limit{60};
    static constexpr std::size_t output_limit = 64 * 1024;

    // Throws Error{invalid_argument} for a name that is not [A-Za-z0-9._-]+.
    explicit CredentialHelper(std::string name);

    // nullopt when the helper has none for the server. Throws Error{unavailable} when it cannot be run.
    std::optional<Credentials> find(const std::string& server) const;
    void put(const std::string& server, const Credentials& credentials) const;
    void erase(const std::string& server) const;

private:
    struct Outcome {
        bool succeeded = false;
        std::string output;
    };
    Outcome run(const std::string& verb, const std::string& input) const;

    std::string program_;
};

} // namespace cang::distribution
