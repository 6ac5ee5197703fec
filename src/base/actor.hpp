// Whom a change is put down to in the audit log: who asked, how they proved it, from where.
#pragma once

#include <string>

namespace cang {

struct Actor {
    std::string name = {}; // "alice", "robot$team+ci"; empty: the server itself, which audits nothing
    std::string via = {};  // "password", "session", "token ci", "robot", "operation 5f1c09…"
    std::string address = {};
    std::string request_id = {};
};

} // namespace cang
