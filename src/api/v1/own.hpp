// What belongs to who started it: operations, exports and uploads. Somebody else's are, for everybody but
// administrators, as good as not there.
#pragma once

#include "api/v1/routes.hpp"

namespace cang::api::v1 {

// Empty: everybody's.
std::string owner_for(const Context& context, const http::Request& request);
// Both throw Error{not_found}.
awaitable<operation::Operation> get_own_operation(Context& context, const http::Request& request, std::string id);
awaitable<transfer::Upload> get_own_upload(Context& context, const http::Request& request, std::string id);
// On whose behalf a transfer is started.
transfer::Authority authority_of(Context& context, const http::Request& request);

} // namespace cang::api::v1
