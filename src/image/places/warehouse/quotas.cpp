#include "image/places/warehouse/quotas.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "image/store/project_store.hpp"

#include <fmt/format.h>

namespace cang::warehouse {

namespace {

std::string project_of(const std::string& repository) { return repository.substr(0, repository.find('/')); }

[[noreturn]] void refuse(const std::string& project, std::uint64_t quota, std::uint64_t used) {
    throw Error(ErrorKind::permission_denied,
                fmt::format("the project {} may store {} and would store {}; delete images there, or ask an "
                            "administrator for a larger quota",
                            project, human_bytes(quota), human_bytes(used)));
}

} // namespace

void Quotas::require_kept(sql::Connection& connection, const std::string& repository, std::uint64_t added) {
    auto name = project_of(repository);
    store::ProjectStore projects(connection);
    auto project = projects.find(name);
    if (!project || !project->quota_bytes)
        return;
    auto quota = *project->quota_bytes;
    {
        std::lock_guard lock(mutex_);
        auto known = bounds_.find(name);
        if (known != bounds_.end() && known->second + added <= quota) {
            known->second += added;
            return;
        }
    }
    auto used = projects.used_bytes(name);
    if (used > quota)
        refuse(name, quota, used);
    std::lock_guard lock(mutex_);
    bounds_[name] = used;
}

void Quotas::require_room(sql::Connection& connection, const std::string& repository) {
    auto name = project_of(repository);
    store::ProjectStore projects(connection);
    auto project = projects.find(name);
    if (!project || !project->quota_bytes)
        return;
    auto used = projects.used_bytes(name);
    if (used >= *project->quota_bytes)
        refuse(name, *project->quota_bytes, used);
}

} // namespace cang::warehouse
