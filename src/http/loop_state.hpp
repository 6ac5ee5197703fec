// What the connections of one event loop share; used on its thread only.
#pragma once

#include "http/receive_buffer.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace cang::http {

class LoopState {
public:
    LoopState();

    // The Date header's value, formatted once a second.
    std::string_view date();
    // Unique in this process and unlikely to repeat in another; 15 characters, which strings keep inline.
    std::string next_request_id();
    BlockPool& blocks() noexcept { return blocks_; }
    // For formatting; its content lasts until the next suspension.
    std::string& scratch() noexcept { return scratch_; }
    bool draining() const noexcept { return draining_; }
    void drain() noexcept { draining_ = true; }

private:
    BlockPool blocks_;
    std::string scratch_;
    std::string date_;
    std::string id_prefix_;
    std::time_t date_second_ = 0;
    std::uint32_t requests_ = 0;
    bool draining_ = false;
};

} // namespace cang::http
