// An image of a remote registry, read for people.
#pragma once

#include "distribution/registry_client.hpp"

#include <boost/json/object.hpp>

namespace cang::api::v1 {

// Its ImageDetail: `reference` is a tag or a digest. Verified. Throws Error{not_found}, Error{invalid_argument} for a
// reference that is none.
awaitable<boost::json::object> remote_image(std::shared_ptr<distribution::RegistryClient> client,
                                            std::string repository, std::string reference);

} // namespace cang::api::v1
