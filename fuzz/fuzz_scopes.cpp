// Scopes of robots and tokens: whatever is accepted names permissions of the table only, and is written as it is read.
#include "identity/caller.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto scopes = identity::parse_scopes({reinterpret_cast<const char*>(bytes), size});
    if (!scopes) {
        fuzz::require(!scopes.error().reason.empty(), "a refusal has a reason");
        return 0;
    }
    fuzz::require(scopes->size() <= identity::kMaxScopes, "scopes are bounded");
    for (const auto& scope : *scopes)
        for (const auto& permission : scope.permissions)
            fuzz::require(identity::find_permission(permission) != nullptr, "a permission is one of the table");
    if (scopes->empty())
        return 0;
    auto again = identity::parse_scopes(identity::to_json(*scopes));
    fuzz::require(again && *again == *scopes, "it is read as it was written");
    return 0;
}
