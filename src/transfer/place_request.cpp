#include "transfer/place_request.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

constexpr std::string_view kUploadPrefix = "upload:";
constexpr std::string_view kRegistryPrefix = "docker://";
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestImage = 512;

[[noreturn]] void refuse(std::string_view role, std::string_view reason) {
    throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", role, reason));
}

// docker://USER:PASSWORD@HOST/…: a digest's "@" comes after the repository's last slash, a user's before the first.
bool has_credentials(std::string_view text) {
    if (!text.starts_with(kRegistryPrefix))
        return false;
    text.remove_prefix(kRegistryPrefix.size());
    auto at = text.find('@');
    return at != std::string_view::npos && text.find('/', at) != std::string_view::npos;
}

} // namespace

image::PlaceName require_place(std::string_view role, std::string_view text) {
    if (has_credentials(text))
        refuse(role, "a name holds no credentials; they belong to the stored registry");
    if (text.starts_with(kUploadPrefix))
        refuse(role, "an upload is only read from");
    auto name = image::parse_place_name(text);
    if (!name) {
        const auto& error = name.error();
        auto reason = error.reason.substr(0, error.reason.find('\n'));
        // The reason may quote what it did not understand.
        if (text.contains('@'))
            reason = "the name is not valid";
        refuse(role, ParseError{std::move(reason), error.position}.to_string());
    }
    if (name->is_file())
        refuse(role, "the server reads and writes no paths of its disk; upload an archive and name it upload:ID");
    if (name->kind == image::PlaceKind::docker_daemon)
        refuse(role, "the server knows no Docker Engine; use the command line for docker-daemon: places");
    if (!name->reference->tag && !name->reference->digest)
        name->reference->tag = "latest";
    return std::move(*name);
}

SourceName require_source(std::string_view role, std::string_view text) {
    if (!text.starts_with(kUploadPrefix))
        return require_place(role, text);
    text.remove_prefix(kUploadPrefix.size());
    auto colon = text.find(':');
    UploadName name{.id = std::string(text.substr(0, colon)), .image = {}};
    if (colon != std::string_view::npos)
        name.image = text.substr(colon + 1);
    auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (name.id.empty() || name.id.size() > kLongestId || !std::ranges::all_of(name.id, hex))
        refuse(role, "upload: is followed by the id of an upload");
    if (name.image.size() > kLongestImage || (colon != std::string_view::npos && name.image.empty()))
        refuse(role, "the name after the upload's id is not one of an image");
    return name;
}

} // namespace cang::transfer
