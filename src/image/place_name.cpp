#include "image/place_name.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace cang::image {

namespace {

using Result = std::expected<PlaceName, ParseError>;

// Longer than any repository, tag and digest together with a path the system would open (PATH_MAX).
constexpr std::size_t kLongestName = 8192;

constexpr std::string_view kRegistryPrefix = "docker://";

struct FilePrefix {
    std::string_view prefix;
    PlaceKind kind;
};
constexpr std::array kFilePrefixes{
    FilePrefix{"docker-archive:", PlaceKind::docker_archive},
    FilePrefix{"oci-archive:", PlaceKind::oci_archive},
    FilePrefix{"oci:", PlaceKind::oci_layout},
};
constexpr std::string_view kDaemonPrefix = "docker-daemon:";

struct Refusal {
    std::string_view prefix;
    std::string_view reason;
};
constexpr std::array kRefusals{
    Refusal{"dir:", "dir: places are not supported\nuse oci:DIRECTORY, which keeps digests and holds several images"},
    Refusal{"containers-storage:", "containers-storage: places are not supported\n"
                                   "export with `podman save --format oci-archive` and use oci-archive:FILE"},
    Refusal{"ostree:", "ostree: places are not supported\nuse oci:DIRECTORY"},
    Refusal{"sif:", "sif: places are not supported\nuse oci-archive:FILE"},
    Refusal{"tarball:", "tarball: places are not supported\nuse docker-archive:FILE"},
    Refusal{"http://", "an image name has no URL scheme\nwrite docker://HOST/REPOSITORY:TAG"},
    Refusal{"https://", "an image name has no URL scheme\nwrite docker://HOST/REPOSITORY:TAG"},
    Refusal{"docker:", "docker: is followed by two slashes\nwrite docker://HOST/REPOSITORY:TAG"},
};

std::unexpected<ParseError> fail(std::string reason, std::size_t position = 0) {
    return std::unexpected(ParseError{std::move(reason), position});
}

std::unexpected<ParseError> fail_at(ParseError error, std::size_t offset) {
    error.position += offset;
    return std::unexpected(std::move(error));
}

Result parse_with(PlaceKind kind, std::string_view text, std::size_t skip) {
    auto rest = text.substr(skip);
    if (rest.empty())
        return fail("the image name is missing", skip);
    auto reference = oci::Reference::parse_docker(rest);
    if (!reference)
        return fail_at(reference.error(), skip);
    return PlaceName{kind, {}, *reference};
}

// The name of an image in a layout is a tag, "name:tag" or a digest; a plain word is a tag, as in skopeo.
std::expected<oci::Reference, ParseError> parse_name_in_file(PlaceKind kind, std::string_view name) {
    if (kind != PlaceKind::docker_archive && oci::is_valid_tag(name)) {
        oci::Reference reference;
        reference.tag = std::string(name);
        return reference;
    }
    return kind == PlaceKind::docker_archive ? oci::Reference::parse_docker(name) : oci::Reference::parse(name);
}

Result parse_file(PlaceKind kind, std::string_view text, std::size_t skip) {
    auto rest = text.substr(skip);
    auto end = rest.find(':');
    auto at = rest.rfind('@');
    // "@sha256:…" has the colon of a digest, not the one before a name.
    bool by_digest = at != std::string_view::npos && at < end;
    PlaceName place{kind, std::string(rest.substr(0, by_digest ? at : end)), std::nullopt};
    if (place.path.empty())
        return fail("the path is missing", skip);
    if (by_digest) {
        auto digest = oci::Digest::parse(rest.substr(at + 1));
        if (!digest)
            return fail_at(digest.error(), skip + at + 1);
        oci::Reference reference;
        reference.digest = *digest;
        place.reference = reference;
        return place;
    }
    if (end == std::string_view::npos)
        return place;
    auto name = rest.substr(end + 1);
    if (name.empty())
        return fail("the name after the path is empty", skip + end + 1);
    auto reference = parse_name_in_file(kind, name);
    if (!reference)
        return fail_at(reference.error(), skip + end + 1);
    place.reference = *reference;
    return place;
}

Result parse_bare(std::string_view text) {
    auto reference = oci::Reference::parse(text);
    if (!reference)
        return fail_at(reference.error(), 0);
    if (!reference->registry.empty())
        return fail(fmt::format("{} looks like a registry, but a name without docker:// is one of the warehouse\n"
                                "write docker://{}",
                                reference->registry, text));
    return PlaceName{PlaceKind::warehouse, {}, *reference};
}

[[noreturn]] void throw_bad_name(std::string_view role, std::string_view text, const ParseError& error) {
    auto line_break = error.reason.find('\n');
    auto hint = line_break == std::string::npos ? std::string() : error.reason.substr(line_break);
    throw Error(ErrorKind::invalid_argument,
                fmt::format("{} \"{}\": {}{}", role, text.substr(0, 300),
                            ParseError{error.reason.substr(0, line_break), error.position}.to_string(), hint));
}

} // namespace

std::expected<PlaceName, ParseError> parse_place_name(std::string_view text) {
    if (text.empty())
        return fail("the name is empty");
    if (text.size() > kLongestName)
        return fail("the name is too long", kLongestName);
    if (text.find('\0') != std::string_view::npos)
        return fail("the name has a NUL character", text.find('\0'));
    if (text.starts_with(kRegistryPrefix))
        return parse_with(PlaceKind::registry, text, kRegistryPrefix.size());
    if (text.starts_with(kDaemonPrefix))
        return parse_with(PlaceKind::docker_daemon, text, kDaemonPrefix.size());
    for (const auto& row : kFilePrefixes)
        if (text.starts_with(row.prefix))
            return parse_file(row.kind, text, row.prefix.size());
    for (const auto& row : kRefusals)
        if (text.starts_with(row.prefix))
            return fail(std::string(row.reason));
    return parse_bare(text);
}

PlaceName require_place_name(std::string_view role, std::string_view text) {
    auto place = parse_place_name(text);
    if (!place)
        throw_bad_name(role, text, place.error());
    return *place;
}

PlaceName require_archive_name(std::string_view role, std::string_view text) {
    auto has_prefix = [&](const auto& row) { return text.starts_with(row.prefix); };
    bool named = text.empty() || text.starts_with(kRegistryPrefix) || text.starts_with(kDaemonPrefix) ||
                 std::ranges::any_of(kFilePrefixes, has_prefix) || std::ranges::any_of(kRefusals, has_prefix);
    if (named || text.size() > kLongestName || text.find('\0') != std::string_view::npos)
        return require_place_name(role, text);
    return PlaceName{PlaceKind::docker_archive, std::string(text), std::nullopt};
}

PlaceName require_repository_name(std::string_view role, std::string_view text) {
    auto place = require_place_name(role, text);
    if (place.kind != PlaceKind::registry && place.kind != PlaceKind::warehouse)
        throw_bad_name(role, text, ParseError{"only a registry or the warehouse has repositories", 0});
    auto last = text.substr(text.rfind('/') + 1);
    if (auto mark = last.find_first_of(":@"); mark != std::string_view::npos)
        throw_bad_name(role, text,
                       ParseError{"a repository is named without tag or digest", text.size() - last.size() + mark});
    place.reference->tag.reset();
    return place;
}

std::string PlaceName::to_string() const {
    if (kind == PlaceKind::registry)
        return std::string(kRegistryPrefix) + reference->to_string();
    if (kind == PlaceKind::docker_daemon)
        return std::string(kDaemonPrefix) + reference->to_string();
    if (kind == PlaceKind::warehouse)
        return reference->to_string();
    std::string text;
    for (const auto& row : kFilePrefixes)
        if (row.kind == kind)
            text = std::string(row.prefix) + path;
    if (!reference)
        return text;
    if (!reference->repository.empty())
        return text + ":" + reference->to_string();
    return reference->digest ? text + "@" + reference->digest->to_string() : text + ":" + reference->tag.value_or("");
}

} // namespace cang::image
