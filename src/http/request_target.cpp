#include "http/request_target.hpp"

#include "http/message.hpp"

#include <algorithm>

namespace cang::http {

namespace {

std::unexpected<ParseError> refuse(std::string reason, std::size_t position = 0) {
    return std::unexpected(ParseError{std::move(reason), position});
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

// Decodes `text`; the decoded form of a query item may hold anything but NUL.
std::expected<std::string, ParseError> decode_item(std::string_view text) {
    if (text.find('%') == std::string_view::npos)
        return std::string(text);
    auto decoded = percent_decode(text);
    if (!decoded)
        return refuse("the query holds a bad percent escape");
    return std::move(*decoded);
}

} // namespace

std::expected<Target, ParseError> split_target(std::string_view target) {
    if (target.size() > kMaxTargetBytes)
        return refuse("the request target is longer than 8192 bytes", kMaxTargetBytes);
    auto bad = std::ranges::find_if(target, [](unsigned char c) { return c <= 0x20 || c > 0x7e || c == '#'; });
    if (bad != target.end())
        return refuse("the request target holds a character that must be escaped",
                      static_cast<std::size_t>(bad - target.begin()));
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme))
            continue;
        auto slash = target.find('/', scheme.size());
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
        break;
    }
    if (!target.starts_with('/'))
        return refuse("the request target does not begin with a slash");
    auto question = target.find('?');
    if (question == std::string_view::npos)
        return Target{target, {}};
    return Target{target.substr(0, question), target.substr(question + 1)};
}

std::expected<std::string, ParseError> decode_segment(std::string_view segment) {
    std::string text;
    if (segment.find('%') == std::string_view::npos) {
        text = segment;
    } else {
        auto decoded = percent_decode(segment);
        if (!decoded)
            return refuse("the path holds a bad percent escape");
        text = std::move(*decoded);
        if (text.find('/') != std::string::npos)
            return refuse("the path holds an encoded slash");
        if (std::ranges::any_of(text, is_control))
            return refuse("the path holds a control character");
    }
    if (text == "." || text == "..")
        return refuse("the path holds a dot segment");
    if (text.find('\\') != std::string::npos)
        return refuse("the path holds a backslash");
    return text;
}

std::expected<std::string, ParseError> decode_segments(std::string_view segments) {
    std::string text;
    text.reserve(segments.size());
    for (std::size_t start = 0; start <= segments.size();) {
        auto end = std::min(segments.find('/', start), segments.size());
        if (end == start)
            return refuse("the path holds an empty segment", start);
        auto decoded = decode_segment(segments.substr(start, end - start));
        if (!decoded)
            return std::unexpected(decoded.error());
        if (start > 0)
            text += '/';
        text += *decoded;
        start = end + 1;
    }
    return text;
}

std::expected<std::vector<std::string>, ParseError> find_query_values(std::string_view query, std::string_view name,
                                                                      std::size_t limit) {
    std::vector<std::string> values;
    while (!query.empty() && values.size() < limit) {
        auto item = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(item.size() + 1, query.size()));
        auto equals = std::min(item.find('='), item.size());
        auto key = decode_item(item.substr(0, equals));
        if (!key)
            return std::unexpected(key.error());
        if (*key != name)
            continue;
        auto value = decode_item(item.substr(std::min(equals + 1, item.size())));
        if (!value)
            return std::unexpected(value.error());
        values.push_back(std::move(*value));
    }
    return values;
}

} // namespace cang::http
