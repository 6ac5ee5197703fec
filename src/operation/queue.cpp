#include "operation/queue.hpp"

#include <algorithm>

namespace cang::operation {

void Queue::add(Entry entry) { waiting_.push_back(std::move(entry)); }

bool Queue::remove(const std::string& id) {
    return std::erase_if(waiting_, [&id](const Entry& entry) { return entry.id == id; }) > 0;
}

bool Queue::fits(const Entry& entry, const std::set<std::string>& claimed) const {
    auto running = running_of_type_.find(entry.type);
    if (entry.concurrency > 0 && running != running_of_type_.end() && running->second >= entry.concurrency)
        return false;
    return std::ranges::none_of(entry.resources, [&](const std::string& resource) {
        return held_.contains(resource) || claimed.contains(resource);
    });
}

void Queue::hold(Entry entry) {
    ++running_of_type_[entry.type];
    held_.insert(entry.resources.begin(), entry.resources.end());
    auto id = entry.id;
    running_.emplace(std::move(id), std::move(entry));
}

std::vector<std::string> Queue::take() {
    std::vector<std::string> started;
    std::set<std::string> claimed; // by those that wait before
    std::deque<Entry> staying;
    for (Entry& entry : waiting_) {
        if (fits(entry, claimed)) {
            started.push_back(entry.id);
            hold(std::move(entry));
        } else {
            claimed.insert(entry.resources.begin(), entry.resources.end());
            staying.push_back(std::move(entry));
        }
    }
    waiting_ = std::move(staying);
    return started;
}

void Queue::release(const std::string& id) {
    auto found = running_.find(id);
    if (found == running_.end())
        return;
    for (const std::string& resource : found->second.resources)
        held_.erase(resource);
    --running_of_type_[found->second.type];
    running_.erase(found);
}

} // namespace cang::operation
