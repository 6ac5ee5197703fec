// Private to this room: what changed in the warehouse, for the audit log, in the transaction that changes it.
#pragma once

#include "base/oci/digest.hpp"
#include "image/store/audit_store.hpp"

namespace cang::warehouse {

// "team/app:1.0", "team/app:1.0, 1", or "team/app@sha256:…" without tags.
inline std::string name_of(const std::string& repository, const oci::Digest& digest,
                           const std::vector<std::string>& tags) {
    constexpr std::size_t most = 20;
    if (tags.empty())
        return repository + "@" + digest.to_string();
    std::string name = repository + ":" + tags.front();
    for (std::size_t i = 1; i < std::min(tags.size(), most); ++i)
        name += ", " + tags[i];
    return tags.size() > most ? name + ", …" : name;
}

inline void audit(sql::Connection& connection, const Actor& actor, Timestamp now, std::string action,
                  std::string resource) {
    auto end = std::min(resource.find('/'), resource.find_first_of(":@"));
    auto project = resource.substr(0, end);
    store::AuditStore(connection)
        .append({.at = now,
                 .actor = actor,
                 .action = std::move(action),
                 .resource = std::move(resource),
                 .project = std::move(project)});
}

} // namespace cang::warehouse
