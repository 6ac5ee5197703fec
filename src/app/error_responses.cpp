#include "app/error_responses.hpp"

#include "api/v1/reply.hpp"
#include "base/error_kind.hpp"
#include "base/log.hpp"
#include "registry/error_body.hpp"

namespace cang::app {

namespace {

log::Level level_of(std::string_view name) {
    if (name == "error")
        return log::Level::error;
    if (name == "warn")
        return log::Level::warn;
    return name == "info" ? log::Level::info : log::Level::debug;
}

bool is_api(const http::Request& request) { return request.path.starts_with("/api/"); }

} // namespace

http::Response failure_response(const http::Request& request) {
    auto error = current_error();
    auto response = is_api(request) ? api::v1::problem_response(error) : registry::error_response(error);
    // What a client got wrong shows in the access log; only what went wrong here is worth a line of its own.
    auto level = response.status < 500 ? log::Level::debug : level_of(error_kind_row(error.kind()).log_level);
    log::write(level, "request failed",
               {{"id", request.request_id},
                {"kind", std::string(error_kind_row(error.kind()).name)},
                {"target", std::string(request.target)},
                {"error", error.message()}});
    return response;
}

http::Response unmatched_response(const http::Request& request, const http::RouteMatch& match) {
    if (!is_api(request))
        return registry::unmatched_response(match);
    if (match.path_known)
        return api::v1::problem_response(Error(ErrorKind::unsupported, "this path does not support that method"));
    return api::v1::problem_response(Error(ErrorKind::not_found, "there is nothing at this path"));
}

} // namespace cang::app
