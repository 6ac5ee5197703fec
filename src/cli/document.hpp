// The documents of a server's API as commands read them. What a server says is text of a stranger: it is made
// printable.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace cang::cli {

// Empty when it is not there or no text.
std::string text_of(const boost::json::object& document, std::string_view name);
// nullopt when it is not there or no number without sign.
std::optional<std::uint64_t> number_of(const boost::json::object& document, std::string_view name);
bool flag_of(const boost::json::object& document, std::string_view name);
// The same, for what is sent back: not made printable. Throws Error{unsupported} when it is not there.
std::string exact_text_of(const boost::json::object& document, std::string_view name);
// Throws Error{unsupported} when the document is no list of objects.
const boost::json::array& items_of(const boost::json::object& page);

} // namespace cang::cli
