#include "image/places/archive/archive_entries.hpp"

#include "image/places/archive/docker_manifest.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::archive {

namespace {

// `docker save` links once, from one layer directory to another.
constexpr int kMostLinks = 8;

std::string link_path(const std::string& path, const io::TarEntry& entry) {
    // A symbolic link counts from its directory, a hard link from the archive's top.
    const auto slash = path.rfind('/');
    const bool relative = entry.type == io::TarType::symlink && slash != std::string::npos;
    const auto target = relative && !entry.link_target.starts_with('/') ? path.substr(0, slash + 1) + entry.link_target
                                                                        : entry.link_target;
    auto cleaned = clean_path(target);
    if (!cleaned)
        throw Error(ErrorKind::corrupt, fmt::format("the archive's {} is a link that leaves the archive", path));
    return std::move(*cleaned);
}

} // namespace

ArchiveEntries::ArchiveEntries(io::TarIndex index) : index_(std::move(index)) {
    const auto named = std::ranges::count_if(
        index_.entries(), [](const io::TarEntry& entry) { return clean_path(entry.name) == "manifest.json"; });
    if (named > 1)
        throw Error(ErrorKind::corrupt, "the archive has more than one manifest.json");
}

const io::TarEntry* ArchiveEntries::find_file(const std::string& path) const {
    auto current = path;
    for (int links = 0; links <= kMostLinks; ++links) {
        const auto* entry = index_.find(current);
        if (entry == nullptr || entry->type == io::TarType::file)
            return entry;
        if (entry->type != io::TarType::symlink && entry->type != io::TarType::hardlink)
            throw Error(ErrorKind::corrupt, fmt::format("the archive's {} is not a regular file", current));
        current = link_path(current, *entry);
    }
    throw Error(ErrorKind::corrupt, fmt::format("the archive's {} is a link that leads nowhere", path));
}

} // namespace cang::archive
