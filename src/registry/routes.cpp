#include "registry/routes.hpp"

namespace cang::registry {

void add_routes(http::Router& router, Context& context) {
    router.add(base_routes(context));
    router.add(blob_routes(context));
    router.add(upload_routes(context));
    router.add(manifest_routes(context));
    router.add(tag_routes(context));
    router.add(referrers_routes(context));
    router.add(catalog_routes(context));
}

} // namespace cang::registry
