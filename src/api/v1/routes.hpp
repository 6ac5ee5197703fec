// Our own API, version 1: JSON with lowerCamelCase keys, RFC 3339 timestamps in UTC; lists have limit and cursor, and
// answer {"items","total","next"}; errors are problem documents (RFC 9457).
//
// Names of repositories have slashes, so what belongs to one follows "/-/", which no name can contain.
//
// Endpoints keep references to the context's members, which must outlive them.
#pragma once

#include "api/v1/endpoint.hpp"
#include "api/v1/openapi.hpp"
#include "api/v1/reply.hpp"
#include "identity/identity.hpp"
#include "identity/oidc/provider.hpp"
#include "image/places/warehouse/warehouse.hpp"
#include "operation/runner.hpp"
#include "registry/auth/access.hpp"
#include "settings/settings.hpp"
#include "transfer/context.hpp"
#include "transfer/registries.hpp"
#include "vault/sealer.hpp"

namespace cang::api::v1 {

// What GET /api/v1/system tells beside version and commit.
struct SystemFacts {
    Timestamp started_at;
    std::string auth;     // "token", "basic", "none"
    std::string database; // "sqlite", "postgresql"
    bool tls = false;
    std::string url;                                                                  // where clients reach the server
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now(); // for the time it is up
};

struct Context {
    warehouse::Warehouse& warehouse;
    operation::Runner& operations;
    const Clock& clock;
    transfer::Registries& registries;
    registry::auth::AccessControl& access;
    transfer::Context& transfers;
    identity::Identity& identity;
    identity::oidc::Provider& oidc;
    const vault::Sealer& sealer;
    Secret key; // for Idempotency
    SystemFacts system = {};
    std::function<std::vector<settings::SettingView>()> settings = {}; // as they are now; from any thread
};

// One noun a file; what its documents look like is in <noun>_schemas.
std::vector<Endpoint> session_endpoints(Context& context);    // who is signed in; sign in and out
std::vector<Endpoint> oidc_endpoints(Context& context);       // sign-in at an identity provider
std::vector<Endpoint> storage_endpoints(Context& context);    // use of space and its history, garbage collection
std::vector<Endpoint> repository_endpoints(Context& context); // list, one of them, removal
std::vector<Endpoint> image_endpoints(Context& context);      // list of all, one in detail, manifests, referrers
std::vector<Endpoint> tag_endpoints(Context& context);        // of one repository
std::vector<Endpoint> diff_endpoints(Context& context);       // of two images
std::vector<Endpoint> system_endpoints(Context& context);     // the server itself
std::vector<Endpoint> settings_endpoints(Context& context);   // what it was told to do
std::vector<Endpoint> registry_endpoints(Context& context);   // remote registries: keep, test, browse
std::vector<Endpoint> copy_endpoints(Context& context);       // start
std::vector<Endpoint> sync_endpoints(Context& context);       // start
std::vector<Endpoint> upload_endpoints(Context& context);     // create, get, append, delete, what is inside
std::vector<Endpoint> import_endpoints(Context& context);     // start
std::vector<Endpoint> export_endpoints(Context& context);     // start, archive, delete
std::vector<Endpoint> operation_endpoints(Context& context);  // history, events, cancel, retry
std::vector<Endpoint> user_endpoints(Context& context);       // accounts of people
std::vector<Endpoint> account_endpoints(Context& context);    // one's own: password, sessions, tokens
std::vector<Endpoint> project_endpoints(Context& context);    // with members
std::vector<Endpoint> robot_endpoints(Context& context);      // of projects and of the server
std::vector<Endpoint> audit_endpoints(Context& context);      // who did what
std::vector<Endpoint> permission_endpoints();                 // the table
// The documentation of the others: `documentation` is to be filled with the whole table before anybody asks.
std::vector<Endpoint> documentation_endpoints(std::shared_ptr<const Documentation> documentation);
std::vector<Schema> session_schemas();
std::vector<Schema> storage_schemas();
std::vector<Schema> repository_schemas();
std::vector<Schema> image_schemas();
std::vector<Schema> tag_schemas();
std::vector<Schema> diff_schemas();
std::vector<Schema> system_schemas();
std::vector<Schema> settings_schemas();
std::vector<Schema> registry_schemas();
std::vector<Schema> copy_schemas();
std::vector<Schema> sync_schemas();
std::vector<Schema> upload_schemas();
std::vector<Schema> import_schemas();
std::vector<Schema> export_schemas();
std::vector<Schema> operation_schemas();
std::vector<Schema> user_schemas();
std::vector<Schema> account_schemas();
std::vector<Schema> project_schemas();
std::vector<Schema> robot_schemas();
std::vector<Schema> audit_schemas();
std::vector<Schema> permission_schemas();
std::vector<Schema> documentation_schemas();

// The whole table.
std::vector<Endpoint> all_endpoints(Context& context);
std::vector<Schema> all_schemas();

void add_routes(http::Router& router, Context& context);

} // namespace cang::api::v1
