// One line a request on standard output: time, then key=value pairs, values escaped against log injection.
//
// Lines gather in memory and leave in large writes from the control loop, so that a slow reader of the log holds up no
// request; beyond a bound they are dropped and counted. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "http/server.hpp"

#include <mutex>

namespace cang::app {

class AccessLog {
public:
    AccessLog(const Clock& clock, int descriptor) : clock_(clock), descriptor_(descriptor) {}
    ~AccessLog() { flush(); }
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    void add(const http::AccessRecord& record);
    // Writes what gathered; one caller at a time.
    void flush();

private:
    const Clock& clock_;
    int descriptor_;
    std::mutex mutex_;
    std::string lines_;
    std::uint64_t dropped_ = 0;
    std::string writing_; // of flush() only
};

} // namespace cang::app
