#include "distribution/names.hpp"

#include "base/error.hpp"
#include "base/oci/reference.hpp"
#include "distribution/paging.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::distribution {

namespace {

using Validator = bool (*)(std::string_view);

void collect(const boost::json::value& page, std::string_view member, Validator valid, const std::string& action,
             std::vector<std::string>& names) {
    const auto* object = page.if_object();
    const auto* list = object != nullptr ? object->if_contains(member) : nullptr;
    if (object == nullptr || (list != nullptr && !list->is_array() && !list->is_null()))
        throw Error(ErrorKind::corrupt, fmt::format("{}: the registry's answer has no list \"{}\"", action, member));
    if (list == nullptr || list->is_null())
        return;
    for (const auto& entry : list->get_array()) {
        if (!entry.is_string() || !valid(entry.get_string()))
            continue;
        if (names.size() == kMaxNames)
            throw Error(ErrorKind::corrupt, fmt::format("{}: more than {} names", action, kMaxNames));
        names.emplace_back(entry.get_string());
    }
}

void sort_names(std::vector<std::string>& names) {
    std::ranges::sort(names);
    auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
}

bool valid_tag(std::string_view text) { return oci::is_valid_tag(text); }
bool valid_repository(std::string_view text) { return oci::is_valid_repository(text); }

} // namespace

awaitable<std::vector<std::string>> list_tags(RegistryClient& client, std::string repository) {
    PageRequest request;
    request.target = fmt::format("/v2/{}/tags/list?n=1000", repository);
    request.scopes = pull_scope(repository);
    request.action = fmt::format("listing the tags of {}/{}", client.registry(), repository);
    std::string action = request.action;
    std::vector<std::string> names;
    PageVisitor visit = [&](const boost::json::value& page) { collect(page, "tags", valid_tag, action, names); };
    bool known = co_await visit_pages(client, std::move(request), std::move(visit));
    if (!known) {
        Error error(ErrorKind::not_found, fmt::format("{}: there is no such repository", action));
        error.with_code("NAME_UNKNOWN");
        throw error;
    }
    sort_names(names);
    co_return names;
}

awaitable<std::vector<std::string>> list_repositories(RegistryClient& client) {
    PageRequest request;
    request.target = "/v2/_catalog?n=1000";
    request.scopes = Scopes(1, "registry:catalog:*");
    request.action = fmt::format("listing the repositories of {}", client.registry());
    std::string action = request.action;
    std::vector<std::string> names;
    PageVisitor visit = [&](const boost::json::value& page) {
        collect(page, "repositories", valid_repository, action, names);
    };
    bool known = co_await visit_pages(client, std::move(request), std::move(visit));
    if (!known)
        throw Error(ErrorKind::unsupported, fmt::format("{}: the registry has no catalog", action));
    sort_names(names);
    co_return names;
}

} // namespace cang::distribution
