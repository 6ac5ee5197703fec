#include "api/v1/reply.hpp"

#include "base/error_kind.hpp"

#include <boost/json/serialize.hpp>

namespace cang::api::v1 {

namespace {

std::string title_of(std::string_view kind) {
    std::string title(kind);
    std::ranges::replace(title, '_', ' ');
    return title;
}

http::Response located(int status, std::string location, const boost::json::object& document) {
    auto response = json_reply(status, document);
    response.headers.set("Location", std::move(location));
    return response;
}

} // namespace

http::Response json_reply(int status, const boost::json::object& document) {
    return http::json_response(status, boost::json::serialize(document));
}

http::Response created_reply(std::string location, const boost::json::object& document) {
    return located(201, std::move(location), document);
}

http::Response accepted_reply(std::string location, const boost::json::object& document) {
    return located(202, std::move(location), document);
}

http::Response no_content() {
    http::Response response;
    response.status = 204;
    return response;
}

http::Response page_reply(boost::json::array items, std::uint64_t total, std::string next) {
    boost::json::object document{{"items", std::move(items)}, {"total", total}};
    if (!next.empty())
        document["next"] = std::move(next);
    return json_reply(200, document);
}

http::Response problem_response(const Error& error) {
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
    auto response = json_reply(row.http_status, document);
    response.headers.set("Content-Type", "application/problem+json");
    if (auto delay = error.retry_after())
        response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*delay).count()));
    return response;
}

} // namespace cang::api::v1
