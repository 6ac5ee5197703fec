#include "http/multipart.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::http {

namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

// RFC 2046's bchars.
bool is_boundary_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("'()+_,-./:=? ").contains(c);
}

struct Parameter {
    std::string_view name;
    std::string value;
};

// A value in quotes. Browsers write a quote as %22, curl as \"; any other backslash is one.
std::string take_quoted(std::string_view& text) {
    std::string value;
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\'))
            ++i;
        value.push_back(text[i]);
    }
    text.remove_prefix(std::min(text.size(), i + 1));
    return value;
}

// `text` is what follows a header's value: "; name=value; name=\"value\"".
std::optional<Parameter> take_parameter(std::string_view& text) {
    auto start = text.find_first_not_of("; \t");
    if (start == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(start);
    auto end = text.find_first_of("=;");
    Parameter parameter{.name = trim(text.substr(0, end)), .value = {}};
    if (end == std::string_view::npos || text[end] == ';') {
        text.remove_prefix(end == std::string_view::npos ? text.size() : end);
        return parameter;
    }
    text.remove_prefix(end + 1);
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
    if (text.starts_with('"')) {
        parameter.value = take_quoted(text);
    } else {
        auto stop = std::min(text.size(), text.find(';'));
        parameter.value = trim(text.substr(0, stop));
        text.remove_prefix(stop);
    }
    return parameter;
}

std::string_view value_of(std::string_view header_value) {
    return trim(header_value.substr(0, header_value.find(';')));
}

std::string_view parameters_of(std::string_view header_value) {
    auto semicolon = header_value.find(';');
    return semicolon == std::string_view::npos ? std::string_view() : header_value.substr(semicolon);
}

// Content-Disposition of the header lines; the other fields say nothing that is needed.
std::optional<MultipartPart> parse_part(std::string_view lines) {
    while (!lines.empty()) {
        auto end = std::min(lines.size(), lines.find("\r\n"));
        auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(lines.size(), end + 2));
        auto colon = line.find(':');
        if (colon == std::string_view::npos || !equals(trim(line.substr(0, colon)), "content-disposition"))
            continue;
        auto value = line.substr(colon + 1);
        if (!equals(value_of(value), "form-data"))
            return std::nullopt;
        std::optional<MultipartPart> part;
        std::optional<std::string> file_name;
        auto rest = parameters_of(value);
        while (auto parameter = take_parameter(rest)) {
            if (equals(parameter->name, "name") && !part)
                part = MultipartPart{.name = std::move(parameter->value), .file_name = {}};
            else if (equals(parameter->name, "filename") && !file_name)
                file_name = std::move(parameter->value);
        }
        if (part)
            part->file_name = std::move(file_name);
        return part;
    }
    return std::nullopt;
}

} // namespace

std::expected<std::string, ParseError> parse_multipart_boundary(std::string_view content_type) {
    if (!equals(value_of(content_type), "multipart/form-data"))
        return std::unexpected(ParseError{"Content-Type is not multipart/form-data", 0});
    auto rest = parameters_of(content_type);
    while (auto parameter = take_parameter(rest)) {
        if (!equals(parameter->name, "boundary"))
            continue;
        const auto& boundary = parameter->value;
        if (boundary.empty() || boundary.size() > MultipartLimits::boundary || boundary.back() == ' ' ||
            !std::ranges::all_of(boundary, is_boundary_char))
            return std::unexpected(ParseError{"the boundary of Content-Type is not valid", 0});
        return std::move(parameter->value);
    }
    return std::unexpected(ParseError{"Content-Type names no boundary", 0});
}

// The first delimiter stands at the very beginning, where the line break before it is missing.
MultipartParser::MultipartParser(const std::string& boundary) : delimiter_("\r\n--" + boundary), buffer_("\r\n") {}

void MultipartParser::feed(std::string_view bytes) {
    buffer_.erase(0, position_);
    position_ = 0;
    if (state_ != State::end)
        buffer_.append(bytes);
}

MultipartParser::Result MultipartParser::next() {
    data_ = {};
    switch (state_) {
    case State::preamble: return pass_data(false);
    case State::delimiter: return pass_delimiter();
    case State::header: return read_header();
    case State::data: return pass_data(true);
    case State::end: break;
    }
    return Event::end;
}

// Up to the next delimiter. What could be the beginning of one waits for more.
MultipartParser::Result MultipartParser::pass_data(bool shown) {
    auto bytes = rest();
    auto found = bytes.find(delimiter_);
    if (found == 0) {
        take(delimiter_.size());
        state_ = State::delimiter;
        return shown ? Result(Event::part_end) : pass_delimiter();
    }
    auto sure = found;
    if (found == std::string_view::npos)
        sure = bytes.size() < delimiter_.size() ? 0 : bytes.size() - delimiter_.size() + 1;
    if (sure == 0)
        return Event::need_input;
    take(sure);
    if (shown) {
        data_ = bytes.substr(0, sure);
        return Event::data;
    }
    preamble_ += sure;
    if (preamble_ > MultipartLimits::preamble)
        return std::unexpected(problem("the body does not begin with its boundary"));
    return found == std::string_view::npos ? Result(Event::need_input) : pass_data(false);
}

// After the boundary: "--" ends the body, a line break begins a part.
MultipartParser::Result MultipartParser::pass_delimiter() {
    while (!rest().empty() && is_blank(rest().front()))
        take(1);
    auto bytes = rest();
    if (bytes.size() < 2)
        return Event::need_input;
    if (bytes.starts_with("--")) {
        state_ = State::end;
        return Event::end;
    }
    if (!bytes.starts_with("\r\n"))
        return std::unexpected(problem("a boundary is followed by neither a line break nor --"));
    if (++parts_ > MultipartLimits::parts)
        return std::unexpected(problem(fmt::format("the body has more than {} parts", MultipartLimits::parts)));
    // The line break stays: with it, a header without fields ends in an empty line like any other.
    state_ = State::header;
    return read_header();
}

MultipartParser::Result MultipartParser::read_header() {
    auto bytes = rest();
    auto end = bytes.find(kHeaderEnd);
    auto length = end == std::string_view::npos ? bytes.size() - std::min(bytes.size(), kHeaderEnd.size() - 1) : end;
    if (length > MultipartLimits::header)
        return std::unexpected(
            problem(fmt::format("a part's header is larger than {} bytes", MultipartLimits::header)));
    if (end == std::string_view::npos)
        return Event::need_input;
    auto part = parse_part(bytes.substr(0, end));
    if (!part)
        return std::unexpected(problem("a part has no Content-Disposition: form-data with a name"));
    part_ = std::move(*part);
    take(end + kHeaderEnd.size());
    state_ = State::data;
    return Event::part;
}

} // namespace cang::http
