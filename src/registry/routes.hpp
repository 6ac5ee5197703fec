// The OCI Distribution 1.1 server at /v2/ over the warehouse, one table of routes a noun. Not responsible for who may
// do what: every route names its Access, the server's authorize hook decides (registry/auth/).
//
// Routes keep a reference to the context, which must outlive them. Handlers run on any of the server's event loops.
#pragma once

#include "http/router.hpp"
#include "identity/guard.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "registry/upload_ids.hpp"

namespace cang::registry {

struct Context {
    warehouse::Warehouse& warehouse;
    UploadIds upload_ids;
    // What somebody may pull, for blobs that are mounted instead of sent. Empty: everything.
    identity::Guard* guard = nullptr;
};

std::vector<http::Route> base_routes(Context& context);      // end-1
std::vector<http::Route> blob_routes(Context& context);      // end-2, end-10
std::vector<http::Route> upload_routes(Context& context);    // end-4a/4b, end-5, end-6, end-11, end-13, end-14
std::vector<http::Route> manifest_routes(Context& context);  // end-3, end-7, end-9
std::vector<http::Route> tag_routes(Context& context);       // end-8
std::vector<http::Route> referrers_routes(Context& context); // end-12
std::vector<http::Route> catalog_routes(Context& context);   // Docker Registry HTTP API V2 /_catalog

// All of the above.
void add_routes(http::Router& router, Context& context);

} // namespace cang::registry
