#include "backup/directory.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

namespace cang::backup {

namespace {

constexpr std::string_view opening = "opening the directory of backups";
constexpr std::string_view reading = "reading the backup";
constexpr std::string_view marker = "cang-backups";
constexpr std::string_view format = "1\n";
constexpr std::size_t largest_manifest = 1 * MiB;
constexpr std::size_t largest_list = 1024 * MiB; // about ten million objects

// False when there is no marker.
bool has_known_format(const std::filesystem::path& path) {
    auto found = io::find_file_text(path / marker, 100, opening);
    if (found && *found != format)
        throw Error(
            ErrorKind::unsupported,
            fmt::format("the backups in {} are of a format that this version of cang does not know", path.string()));
    return found.has_value();
}

// Anything but what an interrupted create() leaves.
bool holds_something_else(const std::filesystem::path& path) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        std::string name = entry.path().filename().string();
        if (name != "lock" && name != "backups" && name != "blobs" && !name.starts_with(marker))
            return true;
    }
    return false;
}

void lock_file(const io::FileDescriptor& file, int operation, const std::filesystem::path& path) {
    if (::flock(file.get(), operation | LOCK_NB) == 0)
        return;
    if (errno != EWOULDBLOCK)
        throw system_error(errno, opening);
    throw Error(ErrorKind::conflict,
                fmt::format("another backup or restore is using {}\ntry again when it has ended", path.string()));
}

// Only the owner may look inside: there are password hashes and keys.
void create_private(const std::filesystem::path& directory) {
    io::create_directories(directory, opening);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
}

std::string get_text(const std::filesystem::path& file, std::size_t limit) {
    auto text = io::find_file_text(file, limit, reading);
    if (!text)
        throw Error(ErrorKind::corrupt, fmt::format("the backup has lost its {}", file.filename().string()));
    return std::move(*text);
}

} // namespace

Directory Directory::open_to_write(std::filesystem::path path) {
    io::create_directories(path, opening);
    if (!has_known_format(path) && holds_something_else(path))
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("{} is not empty and holds no backups\nname a new directory", path.string()));
    auto lock = io::open_file(path / "lock", O_RDWR | O_CREAT, opening);
    lock_file(lock, LOCK_EX, path);
    Directory directory(std::move(path), std::move(lock));
    std::filesystem::remove_all(directory.partial());
    for (const auto& own : {directory.backups(), directory.path_ / "blobs", directory.partial()})
        create_private(own);
    if (!has_known_format(directory.path_))
        io::atomic_write_file(directory.path_ / marker, as_bytes(format), opening);
    return directory;
}

Directory Directory::open_to_read(std::filesystem::path path) {
    if (!std::filesystem::is_directory(path) || !has_known_format(path))
        throw Error(ErrorKind::not_found, fmt::format("there are no backups in {}", path.string()));
    // A copy of the directory may have come without this file, and may be on a disk that cannot be written.
    auto lock = io::find_file(path / "lock", O_RDONLY, opening);
    if (lock)
        lock_file(*lock, LOCK_SH, path);
    return {std::move(path), lock ? std::move(*lock) : io::FileDescriptor()};
}

std::vector<std::string> Directory::list() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(backups()))
        if (find_time(entry.path().filename().string()))
            names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::string Directory::get_name(const std::string& name) const {
    std::vector<std::string> names = list();
    if (names.empty())
        throw Error(ErrorKind::not_found, fmt::format("there are no backups in {}", path_.string()));
    if (name.empty())
        return names.back();
    if (std::ranges::find(names, name) == names.end())
        throw Error(ErrorKind::not_found, fmt::format("there is no backup {} in {}\n`cang backup --list {}` names them",
                                                      name, path_.string(), path_.string()));
    return name;
}

Contents Directory::get_contents(const std::string& name) const {
    auto contents = parse_contents(get_text(backup(name) / "manifest.json", largest_manifest));
    if (!contents)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the manifest of backup {}: {}", name, contents.error().to_string()));
    return std::move(*contents);
}

Objects Directory::get_objects(const std::string& name) const {
    std::string text = get_text(backup(name) / "objects", largest_list);
    auto objects = parse_objects(text);
    if (!objects || oci::Digest::of(std::string_view(text)) != get_contents(name).find("objects")->digest)
        throw Error(ErrorKind::corrupt, fmt::format("the list of objects of backup {} is damaged", name));
    return std::move(*objects);
}

std::string name_of(Timestamp time) {
    std::string name = to_rfc3339(time);
    std::erase_if(name, [](char c) { return c == '-' || c == ':'; });
    return name;
}

std::optional<Timestamp> find_time(std::string_view name) {
    if (name.size() != std::string_view("20261126T054917.123Z").size())
        return std::nullopt;
    auto time = parse_rfc3339(fmt::format("{}-{}-{}:{}:{}", name.substr(0, 4), name.substr(4, 2), name.substr(6, 5),
                                          name.substr(11, 2), name.substr(13)));
    if (!time || name_of(*time) != name)
        return std::nullopt;
    return *time;
}

} // namespace cang::backup
