// Manifests: end-3 GET and HEAD by tag or digest, end-7 PUT, end-9 DELETE.
//
// GET and HEAD are what clients ask most. On a cache hit there is no SQL, no disk and no copy of the document: the
// answer shares the warehouse's bytes. What is stored is served whatever Accept says, as the digest leaves no choice.

#include "base/oci/reference.hpp"
#include "registry/error_body.hpp"
#include "registry/operation.hpp"

#include <fmt/format.h>

namespace cang::registry {

namespace {

constexpr std::size_t kMaxTagParameters = 100; // of one PUT; the specification asks for at least 10

void require_tag(std::string_view tag) {
    if (oci::is_valid_tag(tag))
        return;
    Error error(ErrorKind::invalid_argument, "the tag is not valid: at most 128 letters, digits, '_', '.' and '-', the "
                                             "first neither '.' nor '-'");
    throw error.with_code("MANIFEST_INVALID");
}

// nullopt: the path names a tag.
std::optional<oci::Digest> parse_path_reference(const std::string& reference) {
    if (reference.find(':') != std::string::npos)
        return oci::require_digest(reference);
    require_tag(reference);
    return std::nullopt;
}

awaitable<http::Response> manifest_unknown(Context& context, const std::string& repository,
                                           const std::string& reference) {
    auto known = co_await context.warehouse.has_repository(repository);
    if (!known)
        co_return error_response(404, "NAME_UNKNOWN", fmt::format("there is no repository {}", repository));
    co_return error_response(404, "MANIFEST_UNKNOWN",
                             fmt::format("the repository {} has no manifest {}", repository, reference));
}

http::Response manifest_response(const http::Request& request, const warehouse::StoredManifest& manifest) {
    auto etag = fmt::format("\"{}\"", manifest.digest_text);
    http::Response response;
    response.headers.add("Docker-Content-Digest", manifest.digest_text);
    if (http::not_modified(request, etag)) {
        response.status = 304;
        response.headers.add("ETag", std::move(etag));
        return response;
    }
    response.headers.add("Content-Type", manifest.media_type);
    response.headers.add("ETag", std::move(etag));
    if (request.method == http::Method::head)
        response.stated_length = manifest.bytes->size();
    else
        response.body = manifest.bytes;
    return response;
}

awaitable<http::Response> get_manifest(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    const auto& reference = request.parameter("reference");
    parse_path_reference(reference);
    auto manifest = co_await context.warehouse.find_manifest(repository, reference);
    if (manifest)
        co_return manifest_response(request, *manifest);
    co_return co_await manifest_unknown(context, repository, reference);
}

// nullopt when there is more than a manifest may have.
awaitable<std::optional<std::string>> read_manifest(http::Request& request) {
    constexpr std::size_t limit = oci::ManifestLimits::bytes;
    if (request.content_length.value_or(0) > limit)
        co_return std::nullopt;
    std::string bytes(request.content_length.value_or(64 * KiB), '\0');
    std::size_t filled = 0;
    for (;;) {
        if (filled == bytes.size())
            bytes.resize(std::max<std::size_t>(bytes.size() * 2, 4 * KiB));
        auto room = std::as_writable_bytes(std::span(bytes)).subspan(filled);
        auto taken = co_await request.body->read(room);
        filled += taken;
        if (taken == 0 || filled > limit)
            break;
    }
    if (filled > limit)
        co_return std::nullopt;
    bytes.resize(filled);
    co_return bytes;
}

std::string_view media_type_of(const http::Request& request) {
    auto type = request.header("Content-Type");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' '))
        type.remove_suffix(1);
    return type;
}

std::vector<std::string> tags_of(const http::Request& request, const std::optional<oci::Digest>& digest) {
    if (!digest)
        return {request.parameter("reference")};
    auto tags = request.query_values("tag");
    if (tags.size() > kMaxTagParameters)
        throw Error(ErrorKind::invalid_argument, fmt::format("more than {} tag parameters", kMaxTagParameters));
    for (const auto& tag : tags)
        require_tag(tag);
    return tags;
}

void require_same_digest(const oci::Manifest& manifest, const oci::Digest& stated) {
    if (manifest.digest() == stated)
        return;
    Error error(ErrorKind::invalid_argument,
                fmt::format("the manifest's digest is {}, not {}", manifest.digest().to_string(), stated.to_string()));
    throw error.with_code("DIGEST_INVALID");
}

http::Response created_response(std::string_view repository, const oci::Manifest& manifest,
                                const std::vector<std::string>& tag_parameters) {
    auto digest = manifest.digest().to_string();
    http::Response response;
    response.status = 201;
    response.headers.add("Location", fmt::format("/v2/{}/manifests/{}", repository, digest));
    response.headers.add("Docker-Content-Digest", std::move(digest));
    // Tells the client that it need not maintain the referrers tag itself.
    if (manifest.subject())
        response.headers.add("OCI-Subject", manifest.subject()->digest.to_string());
    for (const auto& tag : tag_parameters)
        response.headers.add("OCI-Tag", tag);
    return response;
}

awaitable<http::Response> put_manifest(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto digest = parse_path_reference(request.parameter("reference"));
    auto tags = tags_of(request, digest);
    auto bytes = co_await read_manifest(request);
    if (!bytes)
        co_return error_response(413, "MANIFEST_INVALID",
                                 fmt::format("a manifest has at most {} bytes", oci::ManifestLimits::bytes));
    auto algorithm = digest ? digest->algorithm() : oci::DigestAlgorithm::sha256;
    auto manifest = oci::require_manifest(std::move(*bytes), media_type_of(request), algorithm);
    if (digest)
        require_same_digest(manifest, *digest);
    co_await context.warehouse.put_manifest(repository, manifest, tags, identity::actor_of(request));
    if (!digest)
        tags.clear();
    co_return created_response(repository, manifest, tags);
}

awaitable<http::Response> delete_manifest(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    const auto& reference = request.parameter("reference");
    auto digest = parse_path_reference(reference);
    bool deleted = false;
    if (digest)
        deleted = co_await context.warehouse.delete_manifest(repository, *digest, identity::actor_of(request));
    else
        deleted = co_await context.warehouse.delete_tag(repository, reference, identity::actor_of(request));
    if (!deleted)
        co_return co_await manifest_unknown(context, repository, reference);
    http::Response response;
    response.status = 202;
    if (digest)
        response.headers.add("Docker-Content-Digest", reference);
    co_return response;
}

} // namespace

std::vector<http::Route> manifest_routes(Context& context) {
    using enum http::Method;
    constexpr auto pattern = "/v2/{name...}/manifests/{reference}";
    return {
        {get, pattern, "registry.manifest.get", "image.pull", bind(context, get_manifest)},
        {head, pattern, "registry.manifest.head", "image.pull", bind(context, get_manifest)},
        {put, pattern, "registry.manifest.put", "image.push", bind(context, put_manifest), kUnlimitedBody},
        {delete_, pattern, "registry.manifest.delete", "image.delete", bind(context, delete_manifest)},
    };
}

} // namespace cang::registry
