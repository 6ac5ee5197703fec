// What the route tables of this room share: binding a handler to the context, and the path's parts, validated.
#pragma once

#include "registry/routes.hpp"

namespace cang::registry {

using Operation = awaitable<http::Response> (*)(Context&, http::Request&);

// Streams: blobs have no limit, the object store counts and hashes.
inline constexpr std::uint64_t kUnlimitedBody = UINT64_MAX;

http::Handler bind(Context& context, Operation operation);

// The {name...} of the path. Throws Error{invalid_argument} code NAME_INVALID.
const std::string& require_repository(const http::Request& request);
// Throws Error{invalid_argument} code DIGEST_INVALID.
oci::Digest require_digest_parameter(const http::Request& request);
// The digest of "?digest=" or "?mount="; nullopt when absent. Throws like require_digest.
std::optional<oci::Digest> digest_query(const http::Request& request, std::string_view name);

// "/v2/NAME/blobs/DIGEST": relative, so that it holds behind any proxy.
std::string blob_location(std::string_view repository, const oci::Digest& digest);

} // namespace cang::registry
