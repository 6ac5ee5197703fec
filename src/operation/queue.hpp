// Who may start now. Operations wait in the order in which they came; one starts when its type has room and nobody
// holds, or waits longer for, a resource that it needs. It takes all its resources at once, so that there is no
// deadlock, and keeps them until release().
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace cang::operation {

class Queue {
public:
    struct Entry {
        std::string id;
        std::string type;
        std::size_t concurrency = 0; // of the type; 0: no limit
        std::vector<std::string> resources;
    };

    void add(Entry entry);
    // One that waits. False when it does not.
    bool remove(const std::string& id);
    // Those that start now.
    std::vector<std::string> take();
    void release(const std::string& id);
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    bool fits(const Entry& entry, const std::set<std::string>& claimed) const;
    void hold(Entry entry);

    std::deque<Entry> waiting_;
    std::map<std::string, Entry> running_;
    std::map<std::string, std::size_t> running_of_type_;
    std::set<std::string> held_;
};

} // namespace cang::operation
