// What requests say, bounded and checked: query parameters and JSON bodies. All throw Error{invalid_argument} with the
// name of what is wrong.
#pragma once

#include "base/clock.hpp"
#include "base/oci/json_document.hpp"
#include "http/request.hpp"

namespace cang::api::v1 {

inline constexpr std::size_t kDefaultPage = 50;
inline constexpr std::size_t kMaxPage = 500;
inline constexpr std::size_t kMaxText = 255;
inline constexpr std::size_t kMaxCursor = 1024;
inline constexpr std::size_t kMaxBody = 1024 * 1024; // bytes of a JSON body

// nullopt when it is not given.
std::optional<std::uint64_t> number_query(const http::Request& request, std::string_view name, std::uint64_t highest);
// Empty when it is not given.
std::string text_query(const http::Request& request, std::string_view name, std::size_t longest = kMaxText);
// False when it is not given; "true", "1" and the empty value are true.
bool flag_query(const http::Request& request, std::string_view name);
// One of `choices`; the first when it is not given.
std::string_view choice_query(const http::Request& request, std::string_view name,
                              std::span<const std::string_view> choices);

// RFC 3339; nullopt when it is not given.
std::optional<Timestamp> time_query(const http::Request& request, std::string_view name);

struct PageQuery {
    std::size_t limit = kDefaultPage;
    std::string cursor; // empty: the first page
};
PageQuery page_query(const http::Request& request);

// Awaited before the handler does anything: a JSON object of at most kMaxBody bytes, 32 levels deep.
awaitable<boost::json::object> read_json(http::Request& request);

// Reads the fields of a body with `read`, then throws for the first thing that was wrong with any. Fields that it does
// not know are ignored.
void read_fields(const boost::json::object& body, const std::function<void(const oci::JsonScope&)>& read);

} // namespace cang::api::v1
