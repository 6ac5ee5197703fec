#include "http/problem.hpp"

#include "base/error_kind.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace cang::http {

namespace {

std::string title_of(std::string_view kind) {
    std::string title(kind);
    std::ranges::replace(title, '_', ' ');
    return title;
}

} // namespace

Response problem_response(const Error& error) {
    const auto& row = error_kind_row(error.kind());
    std::string_view detail = error.message();
    if (error.kind() == ErrorKind::internal)
        detail = "internal error; the server's log tells more under this request's id";
    boost::json::object document{{"type", "about:blank"},
                                 {"title", title_of(row.name)},
                                 {"status", row.http_status},
                                 {"detail", detail},
                                 {"kind", row.name}};
    if (!error.code().empty())
        document["code"] = error.code();
    auto response = json_response(row.http_status, boost::json::serialize(document));
    response.headers.set("Content-Type", "application/problem+json");
    response.headers.set("Cache-Control", "no-store");
    if (auto delay = error.retry_after())
        response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*delay).count()));
    return response;
}

} // namespace cang::http
