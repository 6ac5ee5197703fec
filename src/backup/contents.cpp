#include "backup/contents.hpp"

#include "base/oci/json_document.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fmt/format.h>
#include <unordered_set>

namespace cang::backup {

namespace {

constexpr std::uint64_t format = 1;
constexpr std::size_t most_files = 1000;
constexpr std::size_t longest_name = 200;
constexpr std::string_view own_files = "files/";

bool is_listed_name(std::string_view name) {
    if (name == "cang.db" || name == "objects")
        return true;
    return name.starts_with(own_files) && is_kept_file(name.substr(own_files.size()));
}

void read_file(const oci::JsonScope& scope, std::unordered_set<std::string>& names, Contents& contents) {
    FileEntry file{scope.required_text("name"), scope.required_number("size"), {}};
    auto digest = oci::Digest::parse(scope.required_text("digest"));
    if (!is_listed_name(file.name))
        scope.note("name", "is no file of a backup");
    else if (!digest)
        scope.note("digest", digest.error().reason);
    else if (!names.insert(file.name).second)
        scope.note("name", "is there twice");
    else
        contents.files.push_back({std::move(file.name), file.size, *digest});
}

// "sha256:… 4700"
std::optional<content::ObjectInfo> parse_object(std::string_view line) {
    std::size_t space = line.find(' ');
    if (space == line.npos)
        return std::nullopt;
    auto digest = oci::Digest::parse(line.substr(0, space));
    std::string_view number = line.substr(space + 1);
    std::uint64_t size = 0;
    auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), size);
    bool plain = !number.empty() && (number == "0" || number.front() != '0');
    if (!digest || !plain || failure != std::errc() || end != number.data() + number.size())
        return std::nullopt;
    return content::ObjectInfo{*digest, size};
}

} // namespace

const FileEntry* Contents::find(std::string_view name) const {
    auto found = std::ranges::find(files, name, &FileEntry::name);
    return found == files.end() ? nullptr : &*found;
}

bool is_kept_file(std::string_view name) {
    constexpr std::string_view own[] = {"lock", "hold", "format", "restoring", "blobs", "uploads", "archives"};
    if (name.empty() || name.size() > longest_name || name.front() == '.' || name.starts_with("cang.db"))
        return false;
    if (std::ranges::any_of(name, [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20; }))
        return false;
    bool unfinished = name.ends_with(".new") || name.ends_with(".part") || name.find(".tmp-") != name.npos;
    return !unfinished && std::ranges::find(own, name) == std::end(own);
}

std::string print_contents(const Contents& contents) {
    boost::json::array files;
    for (const FileEntry& file : contents.files)
        files.push_back(
            boost::json::object{{"name", file.name}, {"size", file.size}, {"digest", file.digest.to_string()}});
    boost::json::object document{{"format", format},
                                 {"createdAt", to_rfc3339(contents.created_at)},
                                 {"version", contents.version},
                                 {"objects", contents.objects},
                                 {"bytes", contents.bytes},
                                 {"files", std::move(files)}};
    return boost::json::serialize(document) + "\n";
}

std::expected<Contents, ParseError> parse_contents(std::string_view json) {
    auto document = oci::parse_json_object(json, 4);
    if (!document)
        return std::unexpected(document.error());
    oci::Problem problem;
    oci::JsonScope scope(*document, "", problem);
    Contents contents;
    if (scope.required_number("format") != format)
        scope.note("format", "is not 1, the one that this version of cang knows");
    auto created_at = parse_rfc3339(scope.required_text("createdAt"));
    if (created_at)
        contents.created_at = *created_at;
    else
        scope.note("createdAt", created_at.error().reason);
    contents.version = scope.text("version");
    contents.objects = scope.required_number("objects");
    contents.bytes = scope.required_number("bytes");
    std::unordered_set<std::string> names;
    scope.for_each_element("files", most_files, [&](const boost::json::value& value, std::string path) {
        if (value.is_object())
            read_file(oci::JsonScope(value.get_object(), std::move(path), problem), names, contents);
        else
            scope.note("files", "holds something else than objects");
    });
    if (!contents.find("cang.db") || !contents.find("objects"))
        scope.note("files", "lacks cang.db or objects");
    if (problem.found())
        return std::unexpected(problem.to_error());
    return contents;
}

std::string print_objects(std::span<const content::ObjectInfo> objects) {
    std::string text;
    for (const content::ObjectInfo& object : objects)
        text += fmt::format("{} {}\n", object.digest.to_string(), object.size);
    return text;
}

std::expected<Objects, ParseError> parse_objects(std::string_view text) {
    Objects objects;
    for (std::size_t start = 0; start < text.size();) {
        std::size_t end = text.find('\n', start);
        if (end == text.npos)
            return std::unexpected(ParseError{"the last line has no end", start});
        auto object = parse_object(text.substr(start, end - start));
        if (!object)
            return std::unexpected(ParseError{"not a digest and a size", start});
        if (!objects.empty() && objects.back().digest >= object->digest)
            return std::unexpected(ParseError{"the objects are not in order", start});
        objects.push_back(std::move(*object));
        start = end + 1;
    }
    return objects;
}

} // namespace cang::backup
