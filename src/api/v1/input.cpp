#include "api/v1/input.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kMaxDepth = 32;

[[noreturn]] void refuse(std::string message) { throw Error(ErrorKind::invalid_argument, std::move(message)); }

} // namespace

std::optional<std::uint64_t> number_query(const http::Request& request, std::string_view name, std::uint64_t highest) {
    auto text = request.query_value(name);
    if (!text)
        return std::nullopt;
    std::uint64_t value = 0;
    auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (failure != std::errc() || end != text->data() + text->size() || value > highest)
        refuse(fmt::format("{} must be a number up to {}", name, highest));
    return value;
}

std::string text_query(const http::Request& request, std::string_view name, std::size_t longest) {
    auto text = request.query_value(name).value_or("");
    if (text.size() > longest)
        refuse(fmt::format("{} is longer than {} bytes", name, longest));
    return text;
}

bool flag_query(const http::Request& request, std::string_view name) {
    auto value = request.query_value(name);
    if (!value || *value == "false" || *value == "0")
        return false;
    if (*value == "true" || *value == "1" || value->empty())
        return true;
    refuse(fmt::format("{} must be true or false", name));
}

std::string_view choice_query(const http::Request& request, std::string_view name,
                              std::span<const std::string_view> choices) {
    auto given = request.query_value(name);
    if (!given)
        return choices.front();
    auto found = std::ranges::find(choices, std::string_view(*given));
    if (found == choices.end())
        refuse(fmt::format("{} must be one of {}", name, fmt::join(choices, ", ")));
    return *found;
}

std::optional<Timestamp> time_query(const http::Request& request, std::string_view name) {
    auto text = text_query(request, name);
    if (text.empty())
        return std::nullopt;
    auto time = parse_rfc3339(text);
    if (!time)
        refuse(fmt::format("{}: {}", name, time.error().reason));
    return *time;
}

PageQuery page_query(const http::Request& request) {
    PageQuery page{.limit = kDefaultPage, .cursor = text_query(request, "cursor", kMaxCursor)};
    if (auto limit = number_query(request, "limit", kMaxPage); limit && *limit > 0)
        page.limit = static_cast<std::size_t>(*limit);
    return page;
}

awaitable<boost::json::object> read_json(http::Request& request) {
    if (request.content_length.value_or(0) > kMaxBody)
        refuse(fmt::format("the body is larger than {} bytes", kMaxBody));
    auto bytes = co_await io::read_all(*request.body, kMaxBody);
    auto document = oci::parse_json_object(bytes, kMaxDepth);
    if (!document)
        refuse("the body: " + document.error().reason);
    co_return std::move(*document);
}

void read_fields(const boost::json::object& body, const std::function<void(const oci::JsonScope&)>& read) {
    oci::Problem problem;
    read(oci::JsonScope(body, "", problem));
    if (problem.found())
        refuse(problem.to_error().reason);
}

} // namespace cang::api::v1
