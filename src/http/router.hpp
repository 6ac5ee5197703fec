// Routes are a table: OpenAPI, metrics, access control, audit and golden tests come from it.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <functional>
#include <span>

namespace cang::http {

enum class Access { anonymous, reader, writer, admin };

using Handler = std::function<awaitable<Response>(Request&)>;

struct Route {
    Method method;
    // "/v2/{name...}/manifests/{reference}": {x} matches one segment, {x...} one or more.
    std::string pattern;
    std::string name; // unique; metrics, logs, golden files
    Access access = Access::anonymous;
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
    // Throws Error{internal} for duplicate names and for ambiguous patterns of one method.
    void add(std::vector<Route> routes);
    // Fills request.parameters. No allocation beyond those strings; linear in the path's length for fixed patterns.
    RouteMatch match(Request& request) const;
    std::vector<const Route*> routes() const;

private:
    struct Node;
    struct Pattern;
    std::vector<std::shared_ptr<Pattern>> patterns_;
};

} // namespace cang::http
