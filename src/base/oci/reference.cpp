#include "base/oci/reference.hpp"

#include <fmt/format.h>

namespace cang::oci {

namespace {

constexpr std::size_t kLongestRepository = 255; // distribution-spec
constexpr std::size_t kLongestTag = 128;        // distribution-spec
constexpr std::size_t kLongestRegistry = 255;   // a DNS name has at most 253 bytes; the port is checked apart

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
bool is_path_word(char c) { return is_digit(c) || is_lower(c); }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

using Problem = std::optional<ParseError>;

// The separator at `text[at]`: one '.', one or two '_', any number of '-'. 0 when there is none.
std::size_t separator_length(std::string_view text, std::size_t at) {
    if (text[at] == '.')
        return 1;
    if (text[at] == '_')
        return at + 1 < text.size() && text[at + 1] == '_' ? 2 : 1;
    std::size_t end = at;
    while (end < text.size() && text[end] == '-')
        ++end;
    return end - at;
}

Problem check_repository(std::string_view name) {
    if (name.empty())
        return ParseError{"the repository name is missing", 0};
    if (name.size() > kLongestRepository)
        return ParseError{"a repository name has at most 255 characters", kLongestRepository};
    bool word = false; // the character before is a letter or digit
    for (std::size_t i = 0; i < name.size();) {
        if (is_path_word(name[i])) {
            word = true;
            ++i;
            continue;
        }
        if (is_upper(name[i]))
            return ParseError{"a repository name is written in lower case", i};
        std::size_t length = name[i] == '/' ? 1 : separator_length(name, i);
        if (length == 0)
            return ParseError{"a repository name has only a-z, 0-9, '.', '_', '-' and '/'", i};
        if (!word || i + length >= name.size())
            return ParseError{"each part of a repository name begins and ends with a letter or digit", i};
        word = false;
        i += length;
    }
    return std::nullopt;
}

Problem check_tag(std::string_view tag) {
    if (tag.empty())
        return ParseError{"the tag is missing", 0};
    if (tag.size() > kLongestTag)
        return ParseError{"a tag has at most 128 characters", kLongestTag};
    for (std::size_t i = 0; i < tag.size(); ++i) {
        if (is_alphanumeric(tag[i]) || tag[i] == '_')
            continue;
        if (tag[i] != '.' && tag[i] != '-')
            return ParseError{"a tag has only letters, digits, '_', '.' and '-'", i};
        if (i == 0)
            return ParseError{"a tag begins with a letter, a digit or '_'", i};
    }
    return std::nullopt;
}

Problem check_port(std::string_view port) {
    unsigned value = 0;
    for (std::size_t i = 0; i < port.size(); ++i) {
        if (!is_digit(port[i]))
            return ParseError{"the registry's port is not a number", i};
        value = value * 10 + static_cast<unsigned>(port[i] - '0');
        if (value > 65535)
            return ParseError{"the registry's port is larger than 65535", 0};
    }
    return port.empty() ? Problem(ParseError{"the registry's port is missing", 0}) : std::nullopt;
}

Problem check_host(std::string_view host) {
    bool after_dot = true;
    for (std::size_t i = 0; i < host.size(); ++i) {
        bool last = i + 1 == host.size() || host[i + 1] == '.';
        if (host[i] == '.') {
            if (after_dot || i + 1 == host.size())
                return ParseError{"the registry's host name has an empty part", i};
            after_dot = true;
            continue;
        }
        if (!is_alphanumeric(host[i]) && (host[i] != '-' || after_dot || last))
            return ParseError{"the registry's host name has a character that does not belong there", i};
        after_dot = false;
    }
    return host.empty() ? Problem(ParseError{"the registry's host name is missing", 0}) : std::nullopt;
}

Problem shifted(Problem problem, std::size_t by) {
    if (problem)
        problem->position += by;
    return problem;
}

Problem check_registry(std::string_view registry) {
    if (registry.size() > kLongestRegistry)
        return ParseError{"a registry name has at most 255 characters", kLongestRegistry};
    if (!registry.starts_with('[')) {
        auto colon = registry.find(':');
        if (auto problem = check_host(registry.substr(0, colon)))
            return problem;
        return colon == std::string_view::npos ? std::nullopt
                                               : shifted(check_port(registry.substr(colon + 1)), colon + 1);
    }
    auto close = registry.find(']');
    if (close == std::string_view::npos || close < 3)
        return ParseError{"an IPv6 address is written [address]", 0};
    for (std::size_t i = 1; i < close; ++i)
        if (!is_hex_digit(registry[i]) && registry[i] != ':')
            return ParseError{"an IPv6 address has only hex digits and ':'", i};
    if (close + 1 == registry.size())
        return std::nullopt;
    if (registry[close + 1] != ':')
        return ParseError{"after an IPv6 address comes ':' and a port, or '/'", close + 1};
    return shifted(check_port(registry.substr(close + 2)), close + 2);
}

bool looks_like_registry(std::string_view part) {
    return part == "localhost" || part.starts_with('[') || part.find_first_of(".:") != std::string_view::npos;
}

// What is never part of a reference. The text is not repeated: it may hold a password.
Problem check_foreign_parts(std::string_view text) {
    if (text.empty())
        return ParseError{"the reference is empty", 0};
    if (auto scheme = text.find("://"); scheme != std::string_view::npos)
        return ParseError{"a reference has no scheme", scheme};
    auto at = text.find('@');
    if (at != std::string_view::npos && text.find('/', at) != std::string_view::npos)
        return ParseError{"a reference has no user name or password; log in to the registry instead", at};
    return std::nullopt;
}

bool is_image_id(std::string_view name) {
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

bool is_valid_repository(std::string_view name) { return !check_repository(name); }

bool is_valid_tag(std::string_view tag) { return !check_tag(tag); }

std::expected<Reference, ParseError> Reference::parse(std::string_view text) {
    if (auto problem = check_foreign_parts(text))
        return std::unexpected(*problem);
    Reference reference;
    if (auto at = text.find('@'); at != std::string_view::npos) {
        auto parsed = Digest::parse(text.substr(at + 1));
        if (!parsed)
            return std::unexpected(ParseError{parsed.error().reason, at + 1 + parsed.error().position});
        reference.digest = *parsed;
        text = text.substr(0, at);
    }
    std::size_t start = 0;
    if (auto slash = text.find('/'); slash != std::string_view::npos && looks_like_registry(text.substr(0, slash))) {
        if (auto problem = check_registry(text.substr(0, slash)))
            return std::unexpected(*problem);
        reference.registry = text.substr(0, slash);
        start = slash + 1;
    }
    auto name = text.substr(start);
    // Behind the last slash a colon can only begin the tag: the registry is gone.
    if (auto colon = name.rfind(':'); colon != std::string_view::npos && name.find('/', colon) == name.npos) {
        auto tag = name.substr(colon + 1);
        if (auto problem = shifted(check_tag(tag), start + colon + 1))
            return std::unexpected(*problem);
        reference.tag = tag;
        name = name.substr(0, colon);
    }
    if (auto problem = shifted(check_repository(name), start))
        return std::unexpected(*problem);
    reference.repository = name;
    return reference;
}

std::expected<Reference, ParseError> Reference::parse_docker(std::string_view text) {
    auto reference = parse(text);
    if (!reference)
        return reference;
    if (reference->registry.empty() && is_image_id(reference->repository))
        return std::unexpected(ParseError{"64 hex digits are an image ID, not a repository", 0});
    if (reference->registry.empty() || reference->registry == "index.docker.io")
        reference->registry = "docker.io";
    if (reference->registry == "docker.io" && reference->repository.find('/') == std::string::npos)
        reference->repository = "library/" + reference->repository;
    if (!is_valid_repository(reference->repository))
        return std::unexpected(ParseError{"a repository name has at most 255 characters", text.size()});
    if (!reference->tag && !reference->digest)
        reference->tag = "latest";
    return reference;
}

std::string Reference::tag_or_digest() const { return digest ? digest->to_string() : tag.value_or("latest"); }

std::string Reference::to_string() const {
    std::string text = registry.empty() ? repository : fmt::format("{}/{}", registry, repository);
    if (tag)
        text += ":" + *tag;
    if (digest)
        text += "@" + digest->to_string();
    return text;
}

Reference Reference::with_tag(std::string new_tag) const {
    Reference copy = *this;
    copy.tag = std::move(new_tag);
    copy.digest.reset();
    return copy;
}

Reference Reference::with_digest(const Digest& new_digest) const {
    Reference copy = *this;
    copy.tag.reset();
    copy.digest = new_digest;
    return copy;
}

} // namespace cang::oci
