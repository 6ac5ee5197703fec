// A directory of backups. What they share is in it once; what is half made is never under the name of a backup.
//
//   cang-backups             version of this layout
//   lock                     flock'ed: exclusive while backups are made or removed, shared while one is restored
//   blobs/sha256/ab/<hex>    objects of all backups: under their names only when whole, verified and synced
//   backups/<name>/          one backup; the name is its time, 20261126T054917.123Z
//       manifest.json        what is in it; see contents.hpp
//       cang.db              the facts
//       objects              the objects that the facts name
//       files/               token.key, secrets.key and what else lay in the data directory
//   partial/                 what is being made or removed; emptied by the next backup
//
// Everything here blocks.
#pragma once

#include "backup/contents.hpp"
#include "content/store_layout.hpp"
#include "io/file.hpp"

namespace cang::backup {

class Directory {
public:
    // To make and remove backups. Created when it is absent or empty. Throws Error{conflict} when another process uses
    // it, Error{invalid_argument} for a directory of something else.
    static Directory open_to_write(std::filesystem::path path);
    // To restore and to look. Throws Error{conflict} while another process writes, Error{not_found} when there are no
    // backups.
    static Directory open_to_read(std::filesystem::path path);

    std::vector<std::string> list() const; // names, oldest first
    // Of the newest when `name` is empty. Throws Error{not_found}.
    std::string get_name(const std::string& name) const;
    Contents get_contents(const std::string& name) const;
    // Verified against the manifest. Throws Error{corrupt}.
    Objects get_objects(const std::string& name) const;

    std::filesystem::path backup(const std::string& name) const { return path_ / "backups" / name; }
    std::filesystem::path backups() const { return path_ / "backups"; }
    std::filesystem::path partial() const { return path_ / "partial"; }
    content::StoreLayout objects() const { return {path_}; }

private:
    Directory(std::filesystem::path path, io::FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

    std::filesystem::path path_;
    io::FileDescriptor lock_;
};

// "20261126T054917.123Z": sorts as the times do.
std::string name_of(Timestamp time);
std::optional<Timestamp> find_time(std::string_view name); // nullopt for what is no name of a backup

} // namespace cang::backup
