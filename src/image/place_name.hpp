// The names of image places, skopeo's grammar plus the bare name of the warehouse:
//   docker://HOST/REPOSITORY[:TAG|@DIGEST]   docker-archive:FILE[:NAME]   docker-daemon:NAME
//   oci:DIRECTORY[:TAG|@DIGEST]              oci-archive:FILE[:TAG|@DIGEST]
//   REPOSITORY[:TAG|@DIGEST]                 the warehouse
// Pure: opening a place is the business of who knows where it is (transfer/places.hpp).
#pragma once

#include "base/oci/reference.hpp"

#include <string>

namespace cang::image {

enum class PlaceKind { registry, warehouse, docker_archive, oci_layout, oci_archive, docker_daemon };

struct PlaceName {
    PlaceKind kind = PlaceKind::warehouse;
    std::string path; // of an archive or layout, else empty
    // What the name says after the place. nullopt only for a path without a name: "the one image in it".
    std::optional<oci::Reference> reference;

    std::string to_string() const;
    bool is_file() const {
        return kind == PlaceKind::docker_archive || kind == PlaceKind::oci_layout || kind == PlaceKind::oci_archive;
    }
};

// A hint follows the reason after a line break where one helps.
std::expected<PlaceName, ParseError> parse_place_name(std::string_view text);

// Throws Error{invalid_argument}: "SOURCE \"…\": REASON".
PlaceName require_place_name(std::string_view role, std::string_view text);

// What `export` writes and `import` reads. A text without a prefix is a file as `docker save` writes it.
PlaceName require_archive_name(std::string_view role, std::string_view text);

// A repository without tag or digest, in a registry or in the warehouse: what `tags` lists.
PlaceName require_repository_name(std::string_view role, std::string_view text);

} // namespace cang::image
