// Place names in requests to the server: registries, the warehouse and, as a source, an archive that was uploaded:
//   docker://HOST/REPOSITORY[:TAG|@DIGEST]   REPOSITORY[:TAG|@DIGEST]   upload:ID[:NAME]
// Nothing of the server's own disk can be named. All throw Error{invalid_argument} "ROLE: what is wrong"; the message
// never repeats the text, which may hold a password where none belongs.
#pragma once

#include "image/place_name.hpp"

#include <variant>

namespace cang::transfer {

// An image of an archive.
struct UploadName {
    std::string id;
    std::string image; // empty: the only one
};

using SourceName = std::variant<image::PlaceName, UploadName>;

// A name without tag and digest gets the tag "latest", so that one image has one name.
image::PlaceName require_place(std::string_view role, std::string_view text);
SourceName require_source(std::string_view role, std::string_view text);

} // namespace cang::transfer
