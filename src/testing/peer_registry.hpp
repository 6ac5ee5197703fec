// A real docker-registry (distribution 2.8, Debian's package) on a free loopback port, with its own directory.
#pragma once

#include "testing/temp_dir.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace cang::testing {

class PeerRegistry {
public:
    struct Login {
        std::string username;
        std::string password;
    };

    static bool installed();
    // Waits until it answers. Throws std::runtime_error when it does not.
    explicit PeerRegistry(std::optional<Login> login = {});
    ~PeerRegistry(); // kills it
    PeerRegistry(const PeerRegistry&) = delete;
    PeerRegistry& operator=(const PeerRegistry&) = delete;

    const std::string& authority() const noexcept { return authority_; } // "127.0.0.1:port"

private:
    void write_configuration(const std::optional<Login>& login) const;
    void start();
    void stop();
    bool answers() const;

    TempDir directory_;
    std::uint16_t port_ = 0;
    std::string authority_;
    pid_t pid_ = -1;
};

} // namespace cang::testing
