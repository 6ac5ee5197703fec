// What a backup says of itself: manifest.json, and the list of objects that its facts name. Pure.
//
//   {"format":1,"createdAt":"2026-11-26T05:49:17.123Z","version":"0.1.0","objects":2,"bytes":4711,
//    "files":[{"name":"cang.db","size":4096,"digest":"sha256:…"},{"name":"objects",…},{"name":"files/token.key",…}]}
//
//   sha256:… 4700
//   sha256:… 11
#pragma once

#include "base/clock.hpp"
#include "content/object_store.hpp"

#include <span>

namespace cang::backup {

struct FileEntry {
    std::string name; // "cang.db", "objects", or "files/" and the name of a file in the data directory
    std::uint64_t size = 0;
    oci::Digest digest;
};

struct Contents {
    Timestamp created_at;
    std::string version;       // of the program that made it
    std::uint64_t objects = 0; // how many, and their bytes
    std::uint64_t bytes = 0;
    std::vector<FileEntry> files; // cang.db and objects are among them

    // nullptr when it is not listed.
    const FileEntry* find(std::string_view name) const;
};

// May a backup hold this file of a data directory? False for what the warehouse keeps there itself, for files that are
// being written, and for names that are none.
bool is_kept_file(std::string_view name);

std::string print_contents(const Contents& contents);
// Refuses names that would lead elsewhere, names given twice, and a backup without facts or list of objects.
std::expected<Contents, ParseError> parse_contents(std::string_view json);

using Objects = std::vector<content::ObjectInfo>; // sorted by digest, each once

std::string print_objects(std::span<const content::ObjectInfo> objects);
std::expected<Objects, ParseError> parse_objects(std::string_view text);

} // namespace cang::backup
