#include "operation/progress.hpp"

#include <boost/json/array.hpp>

namespace cang::operation {

namespace {

// The rate is that of this last while: long enough to be calm, short enough to follow.
constexpr std::chrono::seconds kWindow{10};
constexpr std::chrono::milliseconds kShortest{500};

} // namespace

void Progress::expect(std::uint64_t total) {
    total_ = total;
    expected_ = true;
    changed_ = true;
}

Progress::Part Progress::add_part(std::string name, std::uint64_t total, Part parent) {
    if (!expected_ && parent == whole)
        total_ += total;
    changed_ = true;
    ++last_;
    parts_.emplace(last_, Node{.name = std::move(name), .parent = parent, .total = total});
    return last_;
}

void Progress::advance(Part part, std::uint64_t amount) {
    if (part != whole && !parts_.contains(part))
        return;
    changed_ = true;
    done_ += amount;
    while (part != whole) {
        auto found = parts_.find(part);
        if (found == parts_.end())
            return;
        found->second.done += amount;
        part = found->second.parent;
    }
}

void Progress::finish(Part part, bool completes) {
    auto found = parts_.find(part);
    if (found == parts_.end())
        return;
    const auto& node = found->second;
    if (completes && node.total > node.done)
        advance(part, node.total - node.done);
    parts_.erase(part);
    changed_ = true;
}

void Progress::add_rate(boost::json::object& document, std::chrono::steady_clock::time_point now) {
    samples_.push_back({now, done_});
    while (now - samples_.front().at > kWindow)
        samples_.pop_front();
    auto took = now - samples_.front().at;
    auto moved = done_ - samples_.front().done;
    if (took < kShortest)
        return;
    auto rate = static_cast<double>(moved) / std::chrono::duration<double>(took).count();
    document["rate"] = static_cast<std::uint64_t>(rate);
    if (rate >= 1 && total_ > done_)
        document["secondsLeft"] = static_cast<std::uint64_t>(static_cast<double>(total_ - done_) / rate);
}

boost::json::object Progress::snapshot(std::chrono::steady_clock::time_point now) {
    changed_ = false;
    boost::json::object document{{"done", done_}};
    if (total_ > 0)
        document["total"] = total_;
    add_rate(document, now);
    boost::json::array parts;
    for (const auto& [part, node] : parts_) {
        if (parts.size() == max_parts)
            break;
        boost::json::object shown{{"part", part}, {"name", node.name}, {"done", node.done}};
        if (node.parent != whole)
            shown["parent"] = node.parent;
        if (node.total > 0)
            shown["total"] = node.total;
        parts.push_back(std::move(shown));
    }
    document["parts"] = std::move(parts);
    return document;
}

} // namespace cang::operation
