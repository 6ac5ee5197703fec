// One route pattern, "/v2/{name...}/manifests/{reference}", compiled to segments.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cang::http {

// A path cut at its slashes without copying. "/a/b" has the segments a and b, "/a/" has a and an empty one.
class PathSegments {
public:
    // More have no use: a repository name of 255 bytes has at most 128.
    static constexpr std::size_t kMax = 160;

    // `path` begins with '/' and outlives this.
    explicit PathSegments(std::string_view path);
    bool overflown() const noexcept { return overflown_; }
    std::size_t size() const noexcept { return count_; }
    std::string_view operator[](std::size_t index) const {
        return path_.substr(starts_[index], starts_[index + 1] - starts_[index] - 1);
    }
    // From segment `first` to before `last`, with the slashes between.
    std::string_view range(std::size_t first, std::size_t last) const {
        return path_.substr(starts_[first], starts_[last] - starts_[first] - 1);
    }

private:
    std::string_view path_;
    std::array<std::uint32_t, kMax + 1> starts_;
    std::size_t count_ = 0;
    bool overflown_ = false;
};

class RoutePattern {
public:
    // Refuses what is not /literal/{x}/{x...}: at most one {x...}, names unique and of [a-z0-9_].
    static std::expected<RoutePattern, ParseError> parse(std::string_view text);

    bool open() const noexcept { return open_; }
    std::size_t size() const noexcept { return prefix_.size() + suffix_.size(); } // segments without {x...}
    std::size_t literals() const noexcept;
    // Whether the literals agree; parameters are not decoded, and match any segment that is not empty.
    bool matches(const PathSegments& path) const noexcept;
    // The undecoded parameters of a path that matches, in the pattern's order: calls visit(name, text, open).
    template <typename Visit>
    void each_parameter(const PathSegments& path, Visit visit) const {
        for (std::size_t i = 0; i < prefix_.size(); ++i)
            if (prefix_[i].parameter)
                visit(std::string_view(prefix_[i].text), path[i], false);
        if (open_)
            visit(std::string_view(open_name_), path.range(prefix_.size(), path.size() - suffix_.size()), true);
        for (std::size_t i = 0; i < suffix_.size(); ++i)
            if (suffix_[i].parameter)
                visit(std::string_view(suffix_[i].text), path[path.size() - suffix_.size() + i], false);
    }

    // Whether some path matches both.
    bool overlaps(const RoutePattern& other) const;
    // Whether every path that matches this one also matches `other`, given that they overlap.
    bool specialises(const RoutePattern& other) const;

private:
    struct Segment {
        std::string text; // the literal, or the parameter's name
        bool parameter = false;
    };
    const Segment* from_start(std::size_t index) const;
    const Segment* from_end(std::size_t index) const;
    bool claim_name(std::string_view name);

    std::vector<Segment> prefix_; // all of a fixed pattern
    std::vector<Segment> suffix_; // after {x...}
    std::string open_name_;
    bool open_ = false;
};

} // namespace cang::http
