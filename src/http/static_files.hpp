// Files that are part of the program, from a table made at build time (cmake/CangFiles.cmake). Only a look-up in that
// table leads to a file, so no path can lead elsewhere. Immutable, so any loop may ask.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <span>

namespace cang::http {

struct StaticFile {
    std::string_view path; // "/assets/app-1f2e3d4c.js"
    std::string_view content_type;
    std::string_view bytes; // as they are kept: gzip where that is smaller
    bool gzip = false;
    std::uint64_t size = 0;   // of the content
    std::string_view digest;  // of the content, for the entity tag
    bool hashed_name = false; // a name that tells its content: it never has to be asked for again
};

class StaticFiles {
public:
    // `files` lives as long as the program, and is sorted by path.
    explicit StaticFiles(std::span<const StaticFile> files) : files_(files) {}

    std::span<const StaticFile> all() const noexcept { return files_; }
    // Null when there is none.
    const StaticFile* find(std::string_view path) const;
    // 200 or 304; the same for GET and HEAD.
    Response reply(const Request& request, const StaticFile& file) const;

private:
    std::span<const StaticFile> files_;
};

// Whether an Accept-Encoding field allows gzip (RFC 9110 §12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

} // namespace cang::http
