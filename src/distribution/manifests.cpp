#include "distribution/manifests.hpp"

#include "base/error.hpp"

#include <charconv>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

// Content-Type without parameters; empty when it does not name a manifest, as with careless registries.
std::string manifest_type(const http::Fields& headers) {
    std::string_view type = headers.get("Content-Type");
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' '))
        type.remove_suffix(1);
    return oci::is_manifest(type) ? std::string(type) : std::string();
}

std::optional<oci::Digest> stated_digest(const http::Fields& headers) {
    auto digest = oci::Digest::parse(headers.get("Docker-Content-Digest"));
    if (!digest)
        return std::nullopt;
    return *digest;
}

std::optional<oci::Digest> as_digest(const std::string& name) {
    auto digest = oci::Digest::parse(name);
    if (!digest)
        return std::nullopt;
    return *digest;
}

// What HEAD told, when it told enough.
std::optional<oci::Descriptor> stated_descriptor(const http::Fields& headers, const std::optional<oci::Digest>& asked) {
    auto digest = asked ? asked : stated_digest(headers);
    std::string_view length = headers.get("Content-Length");
    oci::Descriptor descriptor;
    descriptor.media_type = manifest_type(headers);
    auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), descriptor.size);
    if (!digest || descriptor.media_type.empty() || failure != std::errc() || descriptor.size == 0)
        return std::nullopt;
    descriptor.digest = *digest;
    return descriptor;
}

} // namespace

std::string Manifests::describe(const std::string& name) const {
    char separator = name.find(':') == std::string::npos ? ':' : '@';
    return fmt::format("{}/{}{}{}", client_.registry(), repository_, separator, name);
}

ApiRequest Manifests::make_request(http::Method method, const std::string& name) const {
    ApiRequest request;
    request.method = method;
    request.target = fmt::format("/v2/{}/manifests/{}", repository_, name);
    request.scopes = pull_scope(repository_);
    if (method == http::Method::get || method == http::Method::head)
        request.headers.add("Accept", std::string(oci::manifest_accept()));
    return request;
}

awaitable<std::optional<oci::Descriptor>> Manifests::find(std::string name) {
    ApiRequest request = make_request(http::Method::head, name);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 404)
        co_return std::nullopt;
    if (response.status == 200) {
        if (auto descriptor = stated_descriptor(response.headers, as_digest(name)))
            co_return descriptor;
    } else if (response.status != 405) {
        co_await client_.refuse(response, fmt::format("looking for {}", describe(name)));
    }
    auto manifest = co_await find_whole(std::move(name));
    if (!manifest)
        co_return std::nullopt;
    oci::Descriptor descriptor;
    descriptor.media_type = manifest->media_type();
    descriptor.digest = manifest->digest();
    descriptor.size = manifest->bytes().size();
    co_return descriptor;
}

awaitable<oci::Manifest> Manifests::receive(http::ClientResponse& response, std::string name) {
    std::string what = fmt::format("the manifest {}", describe(name));
    auto expected = as_digest(name);
    if (!expected)
        expected = stated_digest(response.headers);
    std::string bytes(oci::ManifestLimits::bytes + 1, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        MutableBytes space = std::as_writable_bytes(std::span(bytes)).subspan(filled);
        std::size_t count = co_await response.body->read(space);
        if (count == 0)
            break;
        filled += count;
    }
    if (filled > oci::ManifestLimits::bytes)
        throw Error(ErrorKind::corrupt,
                    fmt::format("{} is larger than {}", what, human_bytes(oci::ManifestLimits::bytes)));
    bytes.resize(filled);
    bytes.shrink_to_fit();
    auto algorithm = expected ? expected->algorithm() : oci::DigestAlgorithm::sha256;
    if (expected) {
        auto actual = oci::Digest::of(std::string_view(bytes), algorithm);
        if (actual != *expected)
            throw Error(ErrorKind::corrupt, fmt::format("{} turned out to be {}", what, actual.to_string()));
    }
    auto manifest = oci::Manifest::parse(std::move(bytes), manifest_type(response.headers), algorithm);
    if (!manifest)
        throw Error(ErrorKind::corrupt, fmt::format("{} is not valid: {}", what, manifest.error().to_string()));
    co_return std::move(*manifest);
}

awaitable<std::optional<oci::Manifest>> Manifests::find_whole(std::string name) {
    ApiRequest request = make_request(http::Method::get, name);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 404)
        co_return std::nullopt;
    if (response.status != 200)
        co_await client_.refuse(response, fmt::format("reading {}", describe(name)));
    oci::Manifest manifest = co_await receive(response, std::move(name));
    co_return manifest;
}

awaitable<oci::Manifest> Manifests::get(std::string name) {
    ApiRequest request = make_request(http::Method::get, name);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status != 200)
        co_await client_.refuse(response, fmt::format("reading {}", describe(name)));
    oci::Manifest manifest = co_await receive(response, std::move(name));
    co_return manifest;
}

awaitable<std::optional<oci::Manifest>> Manifests::get_if_changed(std::string name, oci::Digest known) {
    ApiRequest request = make_request(http::Method::get, name);
    request.headers.add("If-None-Match", fmt::format("\"{}\"", known.to_string()));
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 304)
        co_return std::nullopt;
    if (response.status != 200)
        co_await client_.refuse(response, fmt::format("reading {}", describe(name)));
    oci::Manifest manifest = co_await receive(response, std::move(name));
    if (manifest.digest() == known)
        co_return std::nullopt;
    co_return manifest;
}

awaitable<PutOutcome> Manifests::put(oci::Manifest manifest, std::string name) {
    ApiRequest request = make_request(http::Method::put, name);
    request.scopes = push_scope(repository_);
    request.headers.add("Content-Type", manifest.media_type());
    request.text = manifest.bytes();
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status != 201 && response.status != 200)
        co_await client_.refuse(response, fmt::format("writing {}", describe(name)));
    auto stored = stated_digest(response.headers);
    if (stored && stored->algorithm() == manifest.digest().algorithm() && *stored != manifest.digest())
        throw Error(ErrorKind::corrupt, fmt::format("writing {}: the registry stored {} instead of {}", describe(name),
                                                    stored->to_string(), manifest.digest().to_string()));
    PutOutcome outcome;
    outcome.subject_listed = response.headers.has("OCI-Subject");
    co_return outcome;
}

awaitable<bool> Manifests::erase(std::string name) {
    ApiRequest request = make_request(http::Method::delete_, name);
    request.scopes = delete_scope(repository_);
    http::ClientResponse response = co_await client_.send(std::move(request));
    if (response.status == 404)
        co_return false;
    if (response.status != 202 && response.status != 200 && response.status != 204)
        co_await client_.refuse(response, fmt::format("deleting {}", describe(name)));
    co_return true;
}

} // namespace cang::distribution
