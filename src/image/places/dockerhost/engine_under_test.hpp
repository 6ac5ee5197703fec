// A real dockerd of the test's own, with its own data directory and socket. Needs root and the program.
#pragma once

#include "testing/temp_dir.hpp"

#include <string>
#include <sys/types.h>

namespace cang::dockerhost {

class EngineUnderTest {
public:
    EngineUnderTest();
    ~EngineUnderTest();
    EngineUnderTest(const EngineUnderTest&) = delete;
    EngineUnderTest& operator=(const EngineUnderTest&) = delete;

    // Why there is no engine; empty when there is one.
    const std::string& missing() const noexcept { return missing_; }
    std::string socket() const { return (directory_ / "engine.sock").string(); }

private:
    bool start(const std::string& storage_driver);
    void stop();

    testing::TempDir directory_;
    std::string missing_;
    pid_t process_ = -1;
};

} // namespace cang::dockerhost
