// What requests say a remote registry shall be.
#pragma once

#include "transfer/registries.hpp"

#include <boost/json/object.hpp>

namespace cang::api::v1 {

// A secret that is absent is left as stored, one that is null is removed. Throws Error{invalid_argument}.
transfer::RegistrySettings parse_registry_settings(const boost::json::object& body);

} // namespace cang::api::v1
