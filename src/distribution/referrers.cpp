#include "distribution/referrers.hpp"

#include "base/error.hpp"
#include "distribution/paging.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

constexpr std::size_t kReferrerPages = 100;

void collect(const boost::json::value& page, const std::string& action, std::vector<oci::Descriptor>& referrers) {
    const auto* object = page.if_object();
    const auto* list = object != nullptr ? object->if_contains("manifests") : nullptr;
    if (list == nullptr || !list->is_array())
        throw Error(ErrorKind::corrupt, fmt::format("{}: the registry's answer is not an image index", action));
    for (const auto& entry : list->get_array()) {
        auto descriptor = oci::descriptor_from_json(entry, "manifests[]");
        if (!descriptor)
            throw Error(ErrorKind::corrupt, fmt::format("{}: {}", action, descriptor.error().reason));
        if (referrers.size() == oci::ManifestLimits::descriptors)
            throw Error(ErrorKind::corrupt,
                        fmt::format("{}: more than {} referrers", action, oci::ManifestLimits::descriptors));
        referrers.push_back(std::move(*descriptor));
    }
}

} // namespace

std::string referrers_tag(const oci::Digest& subject) {
    // The tag schema cuts the encoded part at 64 characters, which makes sha512 fit a tag.
    return fmt::format("{}-{}", oci::to_string(subject.algorithm()), subject.hex().substr(0, 64));
}

awaitable<std::optional<std::vector<oci::Descriptor>>> Referrers::list_by_api(oci::Digest subject,
                                                                              std::string artifact_type) {
    if (client_.referrers_api_missing)
        co_return std::nullopt;
    PageRequest request;
    request.target = fmt::format("/v2/{}/referrers/{}", repository_, subject.to_string());
    if (!artifact_type.empty())
        request.target += "?artifactType=" + http::percent_encode(artifact_type);
    request.scopes = pull_scope(repository_);
    request.accept = std::string(oci::media_type::oci_index);
    request.action =
        fmt::format("listing the referrers of {}/{}@{}", client_.registry(), repository_, subject.to_string());
    request.page_bytes = oci::ManifestLimits::bytes;
    request.max_pages = kReferrerPages;
    std::string action = request.action;
    std::vector<oci::Descriptor> referrers;
    PageVisitor visit = [&](const boost::json::value& page) { collect(page, action, referrers); };
    bool known = co_await visit_pages(client_, std::move(request), std::move(visit));
    if (!known)
        co_return std::nullopt;
    co_return referrers;
}

awaitable<std::vector<oci::Descriptor>> Referrers::list_by_tag(oci::Digest subject) {
    Manifests manifests(client_, repository_);
    auto index = co_await manifests.find_whole(referrers_tag(subject));
    if (!index || !index->is_index())
        co_return std::vector<oci::Descriptor>();
    co_return index->manifests();
}

awaitable<std::vector<oci::Descriptor>> Referrers::list(oci::Digest subject, std::string artifact_type) {
    std::vector<oci::Descriptor> referrers;
    auto by_api = co_await list_by_api(subject, artifact_type);
    if (by_api)
        referrers = std::move(*by_api);
    else
        referrers = co_await list_by_tag(subject);
    // A registry may ignore the filter, and the tag schema has none.
    if (!artifact_type.empty())
        std::erase_if(referrers, [&](const auto& referrer) { return referrer.artifact_type != artifact_type; });
    co_return referrers;
}

awaitable<void> Referrers::add_to_tag_schema(oci::Digest subject, oci::Descriptor referrer) {
    client_.referrers_api_missing = true;
    oci::IndexParts parts;
    parts.manifests = co_await list_by_tag(subject);
    if (std::ranges::find(parts.manifests, referrer.digest, &oci::Descriptor::digest) != parts.manifests.end())
        co_return;
    parts.manifests.push_back(std::move(referrer));
    oci::Manifest index = oci::make_index(parts);
    Manifests manifests(client_, repository_);
    co_await manifests.put(std::move(index), referrers_tag(subject));
}

} // namespace cang::distribution
