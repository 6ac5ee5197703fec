#include "api/v1/reply.hpp"

#include <boost/json/serialize.hpp>

namespace cang::api::v1 {

namespace {

http::Response located(int status, std::string location, const boost::json::object& document) {
    auto response = json_reply(status, document);
    response.headers.set("Location", std::move(location));
    return response;
}

} // namespace

http::Response json_reply(int status, const boost::json::object& document) {
    auto response = http::json_response(status, boost::json::serialize(document));
    // What one caller may see is no other's: it stays in no cache.
    response.headers.set("Cache-Control", "no-store");
    return response;
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
        document["next"] = next;
    return json_reply(200, document);
}

} // namespace cang::api::v1
