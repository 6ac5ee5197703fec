// How far an operation is: a tree of parts with done and total, and from their course the rate and the time left.
// Lives on the control executor; whoever shows it takes snapshots.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace cang::operation {

class Progress {
public:
    using Part = std::uint64_t;
    static constexpr Part whole = 0;
    // Parts beyond these are not shown; the whole still counts what they do.
    static constexpr std::size_t max_parts = 200;

    // The total of the whole when it is known beforehand; else it is the sum of the parts.
    void expect(std::uint64_t total);
    // `total` 0: unknown.
    Part add_part(std::string name, std::uint64_t total, Part parent = whole);
    // Adds to the part and to everything that it is a part of. A part that has ended is ignored.
    void advance(Part part, std::uint64_t amount);
    // The part is gone from then on. What it has not done counts as done above it when `completes`.
    void finish(Part part, bool completes = true);

    // Of the whole.
    std::uint64_t done() const noexcept { return done_; }
    // Something happened since the last snapshot.
    bool changed() const noexcept { return changed_; }
    // {"done","total","rate","secondsLeft","parts":[{"part","parent","name","done","total"}]}: total, rate (a second)
    // and secondsLeft only where known; parts that are under way.
    boost::json::object snapshot(std::chrono::steady_clock::time_point now);

private:
    struct Node {
        std::string name;
        Part parent = whole;
        std::uint64_t done = 0;
        std::uint64_t total = 0;
    };
    struct Sample {
        std::chrono::steady_clock::time_point at;
        std::uint64_t done = 0;
    };
    void add_rate(boost::json::object& document, std::chrono::steady_clock::time_point now);

    std::map<Part, Node> parts_;
    Part last_ = whole;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
    bool expected_ = false;
    bool changed_ = false;
    std::deque<Sample> samples_;
};

} // namespace cang::operation
