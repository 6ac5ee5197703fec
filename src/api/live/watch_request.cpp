#include "api/live/watch_request.hpp"

#include <boost/json/object.hpp>

namespace cang::api::live {

namespace {

constexpr std::size_t kMaxId = 64;

std::unexpected<ParseError> wrong(std::string reason) { return std::unexpected(ParseError{std::move(reason), 0}); }

} // namespace

std::expected<WatchRequest, ParseError> parse_watch_request(const boost::json::array& arguments) {
    const auto* object = arguments.empty() ? nullptr : arguments.front().if_object();
    const auto* id = object ? object->if_contains("id") : nullptr;
    if (!id || !id->is_string() || id->get_string().empty() || id->get_string().size() > kMaxId)
        return wrong("id must name an operation");
    WatchRequest request{.operation = std::string(id->get_string()), .after = 0};
    const auto* after = object->if_contains("after");
    if (!after || after->is_null())
        return request;
    if (!after->is_int64() || after->get_int64() < 0)
        return wrong("after must be the sequence of an event");
    request.after = static_cast<std::uint64_t>(after->get_int64());
    return request;
}

} // namespace cang::api::live
