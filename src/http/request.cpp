#include "http/request.hpp"

#include "base/error.hpp"
#include "http/channel.hpp"
#include "http/request_target.hpp"

#include <fmt/format.h>

namespace cang::http {

namespace {

// A query of 8 KiB holds no more values than this.
constexpr std::size_t kEveryValue = kMaxTargetBytes;

std::vector<std::string> get_values(const Request& request, std::string_view name, std::size_t limit) {
    auto values = find_query_values(request.query, name, limit);
    if (!values)
        throw Error(ErrorKind::invalid_argument, values.error().reason);
    return std::move(*values);
}

} // namespace

const std::string& Request::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters)
        if (key == name)
            return value;
    throw Error(ErrorKind::internal, fmt::format("the route has no parameter \"{}\"", name));
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    auto values = get_values(*this, name, 1);
    if (values.empty())
        return std::nullopt;
    return std::move(values.front());
}

std::vector<std::string> Request::query_values(std::string_view name) const {
    return get_values(*this, name, kEveryValue);
}

void Request::when_client_gone(std::function<void()> gone) const {
    if (channel)
        channel->when_gone(std::move(gone));
}

bool not_modified(const Request& request, std::string_view etag) {
    auto header = request.header("If-None-Match");
    while (!header.empty()) {
        auto comma = header.find(',');
        auto candidate = header.substr(0, comma);
        header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
        while (candidate.starts_with(' '))
            candidate.remove_prefix(1);
        while (candidate.ends_with(' '))
            candidate.remove_suffix(1);
        if (candidate.starts_with("W/"))
            candidate.remove_prefix(2);
        if (candidate == "*" || candidate == etag)
            return true;
    }
    return false;
}

} // namespace cang::http
