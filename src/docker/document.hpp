// JSON documents from a Docker Engine: bounded reading and forgiving field access. Engines leave out or null what
// they do not know, so a missing field reads as empty; a wrong document as a whole is Error{corrupt}.
#pragma once

#include "async/awaitable.hpp"
#include "io/reader.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cang::docker {

// 10,000 images with their tags and labels are about 10 MB of JSON.
inline constexpr std::size_t kLargestDocument = 64 * MiB;

// `what` names the document in the message: "the image list".
boost::json::value parse_document(std::string_view text, std::string_view what);
awaitable<boost::json::value> read_document(io::Reader& body, std::string_view what);
// Throws Error{corrupt} when the value is not an object.
const boost::json::object& require_object(const boost::json::value& value, std::string_view what);

std::string text_at(const boost::json::object& object, std::string_view key);
std::uint64_t number_at(const boost::json::object& object, std::string_view key); // 0 when absent or negative
std::vector<std::string> texts_at(const boost::json::object& object, std::string_view key);
// nullptr when absent or not an object.
const boost::json::object* object_at(const boost::json::object& object, std::string_view key);

} // namespace cang::docker
