// Blob uploads: end-4a and end-4b POST with or without the whole blob, end-11 POST mount, end-5 PATCH, end-6 PUT,
// end-13 GET status, end-14 DELETE.
//
// An upload is an ingest of the object store under an id that only its repository accepts (upload_ids.hpp). Nothing of
// it is in SQL. Whatever breaks a PATCH or PUT, the bytes that arrived stay, and GET tells the client where to go on.

#include "base/oci/reference.hpp"
#include "registry/error_body.hpp"
#include "registry/operation.hpp"
#include "registry/receive_body.hpp"

#include <fmt/format.h>

namespace cang::registry {

namespace {

using IngestPtr = std::unique_ptr<content::Ingest>;

// Smaller chunks are taken too; each costs a request and a flush to disk, so clients should not make them smaller.
constexpr std::uint64_t kChunkMinLength = 64 * KiB;

http::Response upload_unknown() {
    return error_response(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload in this repository");
}

void describe_upload(http::Response& response, std::string_view repository, const content::Ingest& ingest) {
    response.headers.set("Location", fmt::format("/v2/{}/blobs/uploads/{}", repository, ingest.id()));
    // Both ends are inclusive, so nothing yet reads like one byte; every registry does so.
    response.headers.set("Range", fmt::format("0-{}", ingest.offset() == 0 ? 0 : ingest.offset() - 1));
    response.headers.set("Docker-Upload-UUID", ingest.id());
}

http::Response upload_response(int status, std::string_view repository, const content::Ingest& ingest) {
    http::Response response;
    response.status = status;
    describe_upload(response, repository, ingest);
    return response;
}

http::Response blob_created(std::string_view repository, const oci::Digest& digest) {
    http::Response response;
    response.status = 201;
    response.headers.add("Location", blob_location(repository, digest));
    response.headers.add("Docker-Content-Digest", digest.to_string());
    return response;
}

// Null when the id is not one of this repository, or nothing is kept under it.
awaitable<IngestPtr> find_upload(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    const auto& id = request.parameter("id");
    if (!context.upload_ids.belongs(id, repository))
        co_return nullptr;
    co_return co_await context.warehouse.objects().resume_ingest(id);
}

// nullopt: the body goes to the upload's end. Otherwise the answer to a chunk that doesn't belong there.
std::optional<http::Response> check_chunk(const http::Request& request, std::string_view repository,
                                          const content::Ingest& ingest) {
    auto header = request.header("Content-Range");
    if (header.empty())
        return std::nullopt;
    auto range = http::parse_content_range(header);
    if (!range)
        return error_response(400, "BLOB_UPLOAD_INVALID", "Content-Range is not of the form FIRST-LAST");
    if (range->first != ingest.offset()) {
        auto response = error_response(
            416, "BLOB_UPLOAD_INVALID",
            fmt::format("the chunk starts at {}, but the upload goes on at {}", range->first, ingest.offset()));
        describe_upload(response, repository, ingest);
        return response;
    }
    if (request.content_length && *request.content_length != range->second - range->first + 1)
        return error_response(400, "SIZE_INVALID", "Content-Range and Content-Length disagree");
    return std::nullopt;
}

// The blob is whole and in the store: makes it a blob of the repository.
awaitable<http::Response> finish(Context& context, const std::string& repository, content::Ingest& ingest,
                                 const oci::Digest& digest) {
    auto object = co_await ingest.commit(digest);
    co_await context.warehouse.link_blob(repository, object);
    co_return blob_created(repository, digest);
}

// Whose blobs may be mounted; nullopt: none of `from`. A digest alone must not open what one may not pull.
awaitable<std::optional<warehouse::MayRead>> may_mount(Context& context, http::Request& request, std::string from) {
    if (!context.guard)
        co_return warehouse::MayRead();
    auto caller = identity::caller_ptr(request);
    if (from.empty()) {
        auto visible = co_await context.guard->visibility(std::move(caller));
        co_return [visible = std::move(visible)](const std::string& repository) { return visible.shows(repository); };
    }
    auto allowed = co_await context.guard->may(std::move(caller), "image.pull", std::move(from));
    co_return allowed ? std::optional<warehouse::MayRead>(warehouse::MayRead()) : std::nullopt;
}

// nullopt: not asked for, or no repository has that blob; the client gets an upload instead.
awaitable<std::optional<http::Response>> try_mount(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    auto digest = digest_query(request, "mount");
    if (!digest)
        co_return std::nullopt;
    auto from = request.query_value("from").value_or("");
    if (!from.empty() && !oci::is_valid_repository(from))
        co_return std::nullopt;
    auto allowed = co_await may_mount(context, request, from);
    if (!allowed)
        co_return std::nullopt;
    auto mounted = co_await context.warehouse.mount_blob(repository, *digest, from, std::move(*allowed));
    if (!mounted)
        co_return std::nullopt;
    co_return blob_created(repository, *digest);
}

awaitable<http::Response> push_whole(Context& context, http::Request& request, oci::Digest digest) {
    const auto& repository = require_repository(request);
    auto ingest = co_await context.warehouse.objects().begin_ingest(digest.algorithm());
    co_await receive_body(*request.body, *ingest, Interrupted::forget);
    co_return co_await finish(context, repository, *ingest, digest);
}

void check_algorithm_hint(const http::Request& request) {
    auto hint = request.query_value("digest-algorithm");
    if (!hint || hint == to_string(oci::DigestAlgorithm::sha256) || hint == to_string(oci::DigestAlgorithm::sha512))
        return;
    Error error(ErrorKind::invalid_argument, "the digest algorithm is neither sha256 nor sha512");
    throw error.with_code("DIGEST_INVALID");
}

awaitable<http::Response> post_upload(Context& context, http::Request& request) {
    const auto& repository = require_repository(request);
    co_await context.warehouse.require_room(repository);
    if (auto digest = digest_query(request, "digest"))
        co_return co_await push_whole(context, request, std::move(*digest));
    auto mounted = co_await try_mount(context, request);
    if (mounted)
        co_return std::move(*mounted);
    check_algorithm_hint(request);
    auto id = context.upload_ids.make(repository);
    auto ingest = co_await context.warehouse.objects().ensure_ingest(id);
    auto response = upload_response(202, repository, *ingest);
    response.headers.add("OCI-Chunk-Min-Length", std::to_string(kChunkMinLength));
    co_return response;
}

awaitable<http::Response> patch_upload(Context& context, http::Request& request) {
    auto ingest = co_await find_upload(context, request);
    if (!ingest)
        co_return upload_unknown();
    const auto& repository = require_repository(request);
    if (auto refusal = check_chunk(request, repository, *ingest))
        co_return std::move(*refusal);
    co_await receive_body(*request.body, *ingest, Interrupted::keep);
    co_await ingest->suspend();
    co_return upload_response(202, repository, *ingest);
}

awaitable<http::Response> put_upload(Context& context, http::Request& request) {
    auto digest = digest_query(request, "digest");
    if (!digest)
        co_return error_response(400, "DIGEST_INVALID", "the query parameter digest is missing");
    auto ingest = co_await find_upload(context, request);
    if (!ingest)
        co_return upload_unknown();
    const auto& repository = require_repository(request);
    if (auto refusal = check_chunk(request, repository, *ingest))
        co_return std::move(*refusal);
    co_await receive_body(*request.body, *ingest, Interrupted::keep);
    co_return co_await finish(context, repository, *ingest, *digest);
}

awaitable<http::Response> get_upload(Context& context, http::Request& request) {
    auto ingest = co_await find_upload(context, request);
    if (!ingest)
        co_return upload_unknown();
    co_return upload_response(204, require_repository(request), *ingest);
}

awaitable<http::Response> delete_upload(Context& context, http::Request& request) {
    auto ingest = co_await find_upload(context, request);
    if (!ingest)
        co_return upload_unknown();
    co_await ingest->abort();
    http::Response response;
    response.status = 204;
    co_return response;
}

} // namespace

std::vector<http::Route> upload_routes(Context& context) {
    using enum http::Method;
    constexpr auto start = "/v2/{name...}/blobs/uploads/";
    constexpr auto upload = "/v2/{name...}/blobs/uploads/{id}";
    return {
        {post, start, "registry.upload.start", "image.push", bind(context, post_upload), kUnlimitedBody},
        {get, upload, "registry.upload.get", "image.push", bind(context, get_upload)},
        {patch, upload, "registry.upload.patch", "image.push", bind(context, patch_upload), kUnlimitedBody},
        {put, upload, "registry.upload.put", "image.push", bind(context, put_upload), kUnlimitedBody},
        {delete_, upload, "registry.upload.delete", "image.push", bind(context, delete_upload)},
    };
}

} // namespace cang::registry
