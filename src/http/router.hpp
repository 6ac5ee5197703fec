// Routes are a table: OpenAPI, metrics, access control, audit and golden tests come from it.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <functional>
#include <span>

namespace cang::http {

using Handler = std::function<awaitable<Response>(Request&)>;

struct Route {
    Method method;
    // "/v2/{name...}/manifests/{reference}": {x} matches one segment, {x...} one or more.
    std::string pattern;
    std::string name;            // unique; metrics, logs, golden files
    std::string_view permission; // what the access check asks for; of a table that lives as long as the program
    Handler handle;
    std::uint64_t body_limit = 1024 * 1024; // bytes; UINT64_MAX streams without limit
};

struct RouteMatch {
    const Route* route = nullptr; // null: no such path, or not with this method
    bool path_known = false;      // the path exists with another method: 405
    std::vector<Method> allowed;  // filled when path_known and route is null
};

class Router {
public:
    // Throws Error{internal} for malformed patterns, duplicate names and ambiguous patterns of one method: two that
    // match a common path while neither is more specific than the other.
    void add(std::vector<Route> routes);
    // Fills request.parameters. No allocation beyond those strings; a path of n bytes costs O(n) plus a comparison of
    // segments for each pattern of its kind. Throws Error{invalid_argument} when the matching path has a bad escape,
    // a dot segment, an encoded slash or a control character where a parameter stands.
    RouteMatch match(Request& request) const;
    // In the order they were added.
    std::vector<const Route*> routes() const;

private:
    struct Entry;
    // Patterns without {x...} by their number of segments, and those with one; each most specific first.
    std::vector<std::vector<std::shared_ptr<Entry>>> fixed_;
    std::vector<std::shared_ptr<Entry>> open_;
    std::vector<const Route*> routes_;
};

} // namespace cang::http
