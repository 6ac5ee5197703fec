#include "http/outgoing_list.hpp"

#include <algorithm>

namespace cang::http {

namespace {

constexpr std::size_t kMaxEntries = 1000;
constexpr std::size_t kLongestName = 253; // RFC 1035
constexpr std::string_view kSpaces = " \t";

std::unexpected<ParseError> fail(std::string reason, std::size_t position) {
    return std::unexpected(ParseError{std::move(reason), position});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {
    auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_'; };
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, fits);
}

// What systems read as an IPv4 address though it is not written as one: 127.1, 2130706433, 0x7f.0.0.1.
bool ends_in_number(std::string_view name) {
    auto last = name.substr(name.rfind('.') + 1);
    return last.starts_with("0x") || std::ranges::all_of(last, is_digit);
}

// Of a name in lower case.
bool is_name(std::string_view name) {
    if (name.starts_with("*."))
        name.remove_prefix(2);
    if (name.empty() || name.size() > kLongestName || ends_in_number(name))
        return false;
    while (true) {
        auto dot = name.find('.');
        if (!is_label(name.substr(0, dot)))
            return false;
        if (dot == std::string_view::npos)
            return true;
        name.remove_prefix(dot + 1);
    }
}

bool is_below(std::string_view host, std::string_view pattern) {
    return pattern.starts_with("*.") && host.ends_with(pattern.substr(1)) && host.size() > pattern.size() - 1;
}

} // namespace

std::string plain_host(std::string_view host) {
    if (host.ends_with('.'))
        host.remove_suffix(1);
    std::string plain(host);
    for (char& c : plain)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return plain;
}

std::expected<OutgoingList, ParseError> OutgoingList::parse(std::string_view text) {
    OutgoingList list;
    std::size_t begin = 0;
    while (begin < text.size()) {
        auto end = std::min(text.find(',', begin), text.size());
        auto first = std::min(text.find_first_not_of(kSpaces, begin), end);
        auto entry = text.substr(first, end - first);
        entry = entry.substr(0, entry.find_last_not_of(kSpaces) + 1);
        if (entry.empty())
            return fail("between two commas stands an address, a range or a host name", first);
        if (list.ranges_.size() + list.names_.size() == kMaxEntries)
            return fail("the list has more than 1000 entries", first);
        auto name = plain_host(entry);
        auto range = IpRange::parse(entry);
        if (range)
            list.ranges_.push_back(*range);
        else if (is_name(name))
            list.names_.push_back(std::move(name));
        else if (range.error().position != 0 || entry.find('/') != std::string_view::npos)
            return fail(range.error().reason, first + range.error().position);
        else
            return fail("an entry is an address, a range such as 10.0.0.0/8, or a host name such as registry.example "
                        "or *.example",
                        first);
        begin = end + 1;
    }
    return list;
}

std::optional<std::string> OutgoingList::find(const IpAddress& address) const {
    auto found = std::ranges::find_if(ranges_, [&](const IpRange& range) { return range.contains(address); });
    return found == ranges_.end() ? std::nullopt : std::optional(found->to_string());
}

std::optional<std::string> OutgoingList::find(std::string_view host) const {
    auto plain = plain_host(host);
    auto holds = [&](const std::string& name) { return name == plain || is_below(plain, name); };
    auto found = std::ranges::find_if(names_, holds);
    return found == names_.end() ? std::nullopt : std::optional(*found);
}

std::string OutgoingList::to_string() const {
    std::string text;
    for (const auto& range : ranges_)
        text += (text.empty() ? "" : ",") + range.to_string();
    for (const auto& name : names_)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

} // namespace cang::http
