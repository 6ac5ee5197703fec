#include "registry/operation.hpp"

#include "base/oci/reference.hpp"

#include <fmt/format.h>

namespace cang::registry {

http::Handler bind(Context& context, Operation operation) {
    return [&context, operation](http::Request& request) { return operation(context, request); };
}

const std::string& require_repository(const http::Request& request) {
    const auto& name = request.parameter("name");
    if (!oci::is_valid_repository(name)) {
        Error error(ErrorKind::invalid_argument, "the repository name is not valid: lower-case letters, digits and "
                                                 "separators in parts divided by '/', at most 255 characters");
        throw error.with_code("NAME_INVALID");
    }
    return name;
}

oci::Digest require_digest_parameter(const http::Request& request) {
    return oci::require_digest(request.parameter("digest"));
}

std::optional<oci::Digest> digest_query(const http::Request& request, std::string_view name) {
    auto text = request.query_value(name);
    if (!text)
        return std::nullopt;
    return oci::require_digest(*text);
}

std::string blob_location(std::string_view repository, const oci::Digest& digest) {
    return fmt::format("/v2/{}/blobs/{}", repository, digest.to_string());
}

} // namespace cang::registry
