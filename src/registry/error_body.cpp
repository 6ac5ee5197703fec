#include "registry/error_body.hpp"

#include "base/error_kind.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cang::registry {

namespace {

struct CodeRow {
    std::string_view code;
    int status;
};

// Codes whose status the specification fixes, whatever kind of error carried them here.
constexpr std::array kCodes{
    CodeRow{"BLOB_UNKNOWN", 404},          CodeRow{"BLOB_UPLOAD_INVALID", 400}, CodeRow{"BLOB_UPLOAD_UNKNOWN", 404},
    CodeRow{"DIGEST_INVALID", 400},        CodeRow{"MANIFEST_INVALID", 400},    CodeRow{"MANIFEST_UNKNOWN", 404},
    CodeRow{"MANIFEST_BLOB_UNKNOWN", 404}, CodeRow{"NAME_INVALID", 400},        CodeRow{"NAME_UNKNOWN", 404},
    CodeRow{"SIZE_INVALID", 400},          CodeRow{"UNAUTHORIZED", 401},        CodeRow{"TOOMANYREQUESTS", 429},
};

} // namespace

http::Response error_response(int status, std::string_view code, std::string_view message) {
    boost::json::object entry{{"code", code}, {"message", message}, {"detail", nullptr}};
    boost::json::object document{{"errors", boost::json::array{std::move(entry)}}};
    return http::json_response(status, boost::json::serialize(document));
}

http::Response error_response(const Error& error) {
    const auto& row = error_kind_row(error.kind());
    auto status = row.http_status;
    for (const auto& known : kCodes)
        if (known.code == error.code())
            status = known.status;
    auto code = error.code().empty() ? row.oci_code : std::string_view(error.code());
    std::string_view message = error.message();
    if (error.kind() == ErrorKind::internal)
        message = "internal error; the server's log tells more under this request's id";
    auto response = error_response(status, code, message);
    if (auto delay = error.retry_after())
        response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*delay).count()));
    return response;
}

http::Response unmatched_response(const http::RouteMatch& match) {
    if (!match.path_known)
        return error_response(404, "NAME_UNKNOWN", "there is nothing at this path");
    std::string allowed;
    for (auto method : match.allowed)
        allowed.append(allowed.empty() ? "" : ", ").append(http::to_string(method));
    auto response = error_response(405, "UNSUPPORTED", "this path does not support that method");
    response.headers.set("Allow", std::move(allowed));
    return response;
}

} // namespace cang::registry
