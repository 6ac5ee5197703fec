// A real dockerd of the test's own, with its own data directory and socket. Needs root and the program.
#pragma once

#include "testing/temp_dir.hpp"

#include <string>
#include <sys/types.h>

namespace cang::testing {

class DockerEngine {
public:
    // Why no engine can run here (not root, not installed); empty when one can.
    static std::string obstacle();
    // Returns when the socket answers.
    DockerEngine();
    ~DockerEngine();
    DockerEngine(const DockerEngine&) = delete;
    DockerEngine& operator=(const DockerEngine&) = delete;

    // Why there is no engine after all; empty when there is one.
    const std::string& missing() const noexcept { return missing_; }
    std::string socket() const { return (directory_ / "engine.sock").string(); }

private:
    bool start(const std::string& storage_driver);
    void stop();

    TempDir directory_;
    std::string missing_;
    pid_t process_ = -1;
};

} // namespace cang::testing
