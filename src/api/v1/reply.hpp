// How the API answers: JSON documents, pages, problem documents (RFC 9457).
#pragma once

#include "http/problem.hpp"

#include <boost/json/value.hpp>

namespace cang::api::v1 {

http::Response json_reply(int status, const boost::json::object& document);
// 201 with Location.
http::Response created_reply(std::string location, const boost::json::object& document);
// 202 with Location: an operation was started.
http::Response accepted_reply(std::string location, const boost::json::object& document);
http::Response no_content();
// {"items":[…],"total":N,"next":"…"}; `next` empty: this is the last page.
http::Response page_reply(boost::json::array items, std::uint64_t total, std::string next);

using http::problem_response;

} // namespace cang::api::v1
