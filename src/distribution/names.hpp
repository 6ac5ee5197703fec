// Lists of names: a repository's tags and a registry's repositories (distribution-spec "Content Discovery").
//
// Registries page in sizes and orders of their own, or not at all; these lists are whole and in byte order.
#pragma once

#include "distribution/registry_client.hpp"

namespace cang::distribution {

// More than the largest public repositories have; a registry that goes on is not believed.
inline constexpr std::size_t kMaxNames = 500'000;

// Names that are no valid tags are left out. Throws Error{not_found} when there is no such repository.
awaitable<std::vector<std::string>> list_tags(RegistryClient& client, std::string repository);
// Throws Error{unsupported} or Error{permission_denied} where the registry has no catalog for us.
awaitable<std::vector<std::string>> list_repositories(RegistryClient& client);

} // namespace cang::distribution
