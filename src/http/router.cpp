#include "http/router.hpp"

#include "base/error.hpp"
#include "http/request_target.hpp"
#include "http/route_pattern.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace cang::http {

struct Router::Entry {
    Route route;
    RoutePattern pattern;
};

namespace {

// Of two overlapping patterns of one method the narrower one sorts first; ambiguity is refused beforehand.
bool more_specific(const RoutePattern& a, const RoutePattern& b) {
    return std::tuple(a.literals(), !a.open(), a.size()) > std::tuple(b.literals(), !b.open(), b.size());
}

[[noreturn]] void refuse(const Route& route, std::string_view reason) {
    throw Error(ErrorKind::internal,
                fmt::format("route \"{}\" ({} {}): {}", route.name, to_string(route.method), route.pattern, reason));
}

void check_ambiguity(const Route& route, const RoutePattern& pattern, const Route& known, const RoutePattern& other) {
    if (known.name == route.name)
        refuse(route, "the name is taken");
    if (known.method != route.method || !pattern.overlaps(other))
        return;
    if (pattern.specialises(other) == other.specialises(pattern))
        refuse(route, fmt::format("ambiguous with route \"{}\" ({})", known.name, known.pattern));
}

void fill_parameters(Request& request, const RoutePattern& pattern, const PathSegments& path) {
    request.parameters.clear();
    pattern.each_parameter(path, [&](std::string_view name, std::string_view text, bool open) {
        auto decoded = open ? decode_segments(text) : decode_segment(text);
        if (!decoded)
            throw Error(ErrorKind::invalid_argument, decoded.error().reason);
        request.parameters.emplace_back(name, std::move(*decoded));
    });
}

} // namespace

void Router::add(std::vector<Route> routes) {
    for (auto& route : routes) {
        auto pattern = RoutePattern::parse(route.pattern);
        if (!pattern)
            refuse(route, pattern.error().to_string());
        for (const auto& bucket : fixed_)
            for (const auto& entry : bucket)
                check_ambiguity(route, *pattern, entry->route, entry->pattern);
        for (const auto& entry : open_)
            check_ambiguity(route, *pattern, entry->route, entry->pattern);
        if (!pattern->open() && fixed_.size() <= pattern->size())
            fixed_.resize(pattern->size() + 1);
        auto& bucket = pattern->open() ? open_ : fixed_[pattern->size()];
        auto entry = std::make_shared<Entry>(std::move(route), std::move(*pattern));
        auto before = std::ranges::find_if(
            bucket, [&](const auto& known) { return more_specific(entry->pattern, known->pattern); });
        routes_.push_back(&entry->route);
        bucket.insert(before, std::move(entry));
    }
}

RouteMatch Router::match(Request& request) const {
    RouteMatch result;
    PathSegments path(request.path);
    if (path.overflown() || path.size() == 0)
        return result;
    auto search = [&](const std::vector<std::shared_ptr<Entry>>& bucket) {
        for (const auto& entry : bucket) {
            if (!entry->pattern.matches(path))
                continue;
            if (entry->route.method == request.method) {
                fill_parameters(request, entry->pattern, path);
                result.route = &entry->route;
                return true;
            }
            if (std::ranges::find(result.allowed, entry->route.method) == result.allowed.end())
                result.allowed.push_back(entry->route.method);
        }
        return false;
    };
    bool found = path.size() < fixed_.size() && search(fixed_[path.size()]);
    found = found || search(open_);
    result.path_known = found || !result.allowed.empty();
    if (found)
        result.allowed.clear();
    return result;
}

std::vector<const Route*> Router::routes() const { return routes_; }

} // namespace cang::http
