// Scopes of robots and tokens: whatever is accepted names permissions that there are, and is read again as written.
#include "identity/caller.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto scopes = identity::parse_scopes({reinterpret_cast<const char*>(bytes), size});
    if (!scopes) {
        fuzz::require(!scopes.error().reason.empty(), "a refusal has a reason");
        return 0;
    }
    fuzz::require(scopes->size() <= identity::kMaxScopes, "they are bounded");
    for (const auto& scope : *scopes) {
        fuzz::require(!scope.project.empty() && scope.repository.empty(), "a scope is about a project");
        fuzz::require(!scope.permissions.empty(), "a scope grants something");
        for (const auto& permission : scope.permissions)
            fuzz::require(identity::find_permission(permission) != nullptr, "there is such a permission");
    }
    auto again = identity::parse_scopes(identity::to_json(*scopes));
    fuzz::require(again && *again == *scopes, "what is stored is read again");
    return 0;
}
