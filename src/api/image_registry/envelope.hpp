// How the image catalogue of the GPU rental platform answers: HTTP 200 with {"code":0|7,"data":…,"msg":"…"}, 401 only
// without a valid token.
#pragma once

#include "http/response.hpp"

#include <boost/json/value.hpp>

namespace cang::api::image_registry {

http::Response success(boost::json::value data, std::string_view message);
http::Response failure(std::string_view message);
// What the access check refused with `status`, in this face's words.
http::Response refusal(int status);
// Whether a path is one of this face's, with or without the prefix /api, which a proxy usually takes away.
bool is_path(std::string_view path);

} // namespace cang::api::image_registry
