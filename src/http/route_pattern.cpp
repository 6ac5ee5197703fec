#include "http/route_pattern.hpp"

#include <algorithm>

namespace cang::http {

PathSegments::PathSegments(std::string_view path) : path_(path) {
    std::size_t position = 0;
    while (position < path.size()) {
        if (count_ == kMax) {
            overflown_ = true;
            return;
        }
        starts_[count_++] = static_cast<std::uint32_t>(position + 1);
        position = std::min(path.find('/', position + 1), path.size());
    }
    starts_[count_] = static_cast<std::uint32_t>(path.size() + 1);
}

namespace {

std::unexpected<ParseError> refuse(std::string reason, std::size_t position) {
    return std::unexpected(ParseError{std::move(reason), position});
}

bool valid_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

} // namespace

bool RoutePattern::claim_name(std::string_view name) {
    auto taken = [&](const Segment& segment) { return segment.parameter && segment.text == name; };
    return name != open_name_ && std::ranges::none_of(prefix_, taken) && std::ranges::none_of(suffix_, taken);
}

std::expected<RoutePattern, ParseError> RoutePattern::parse(std::string_view text) {
    if (!text.starts_with('/'))
        return refuse("a pattern begins with a slash", 0);
    RoutePattern pattern;
    PathSegments segments(text);
    if (segments.overflown())
        return refuse("a pattern has too many segments", 0);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto segment = segments[i];
        auto position = static_cast<std::size_t>(segment.data() - text.data());
        auto& target = pattern.open_ ? pattern.suffix_ : pattern.prefix_;
        if (segment.find_first_of("{}") == std::string_view::npos) {
            target.push_back({std::string(segment), false});
            continue;
        }
        if (!segment.starts_with('{') || !segment.ends_with('}'))
            return refuse("a parameter is a whole segment", position);
        auto name = segment.substr(1, segment.size() - 2);
        bool is_open = name.ends_with("...");
        if (is_open)
            name.remove_suffix(3);
        if (!valid_name(name) || !pattern.claim_name(name))
            return refuse("a parameter's name is unique and of a-z, 0-9 and _", position);
        if (!is_open) {
            target.push_back({std::string(name), true});
            continue;
        }
        if (pattern.open_)
            return refuse("a pattern has at most one {x...}", position);
        pattern.open_ = true;
        pattern.open_name_ = name;
    }
    return pattern;
}

std::size_t RoutePattern::literals() const noexcept {
    auto is_literal = [](const Segment& segment) { return !segment.parameter; };
    return static_cast<std::size_t>(std::ranges::count_if(prefix_, is_literal) +
                                    std::ranges::count_if(suffix_, is_literal));
}

bool RoutePattern::matches(const PathSegments& path) const noexcept {
    if (open_ ? path.size() <= size() : path.size() != size())
        return false;
    auto agrees = [](const Segment& segment, std::string_view text) {
        return segment.parameter ? !text.empty() : segment.text == text;
    };
    auto tail = path.size() - suffix_.size();
    for (std::size_t i = 0; i < suffix_.size(); ++i)
        if (!agrees(suffix_[i], path[tail + i]))
            return false;
    for (std::size_t i = 0; i < prefix_.size(); ++i)
        if (!agrees(prefix_[i], path[i]))
            return false;
    for (std::size_t i = prefix_.size(); open_ && i < tail; ++i)
        if (path[i].empty())
            return false;
    return true;
}

const RoutePattern::Segment* RoutePattern::from_start(std::size_t index) const {
    return index < prefix_.size() ? &prefix_[index] : nullptr;
}

const RoutePattern::Segment* RoutePattern::from_end(std::size_t index) const {
    const auto& segments = open_ ? suffix_ : prefix_;
    return index < segments.size() ? &segments[segments.size() - 1 - index] : nullptr;
}

bool RoutePattern::overlaps(const RoutePattern& other) const {
    if (!open_ && (other.open_ ? size() <= other.size() : size() != other.size()))
        return false;
    if (!other.open_ && open_ && other.size() <= size())
        return false;
    auto collide = [](const Segment* a, const Segment* b) {
        if (!a || !b || (a->parameter && b->parameter))
            return false;
        if (a->parameter || b->parameter)
            return (a->parameter ? b : a)->text.empty();
        return a->text != b->text;
    };
    for (std::size_t i = 0; from_start(i) && other.from_start(i); ++i)
        if (collide(from_start(i), other.from_start(i)))
            return false;
    for (std::size_t i = 0; from_end(i) && other.from_end(i); ++i)
        if (collide(from_end(i), other.from_end(i)))
            return false;
    return true;
}

bool RoutePattern::specialises(const RoutePattern& other) const {
    if (open_ && !other.open_)
        return false;
    auto narrower = [](const Segment* mine, const Segment* theirs) {
        return !theirs || (mine && (theirs->parameter || !mine->parameter));
    };
    for (std::size_t i = 0; other.from_start(i); ++i)
        if (!narrower(from_start(i), other.from_start(i)))
            return false;
    for (std::size_t i = 0; other.open_ && other.from_end(i); ++i)
        if (!narrower(from_end(i), other.from_end(i)))
            return false;
    return true;
}

} // namespace cang::http
