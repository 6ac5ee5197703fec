// For this room's tests: a warehouse with images, pushed through the registry's routes, and a running runner. The test
// adds the endpoints that it is about.
#pragma once

#include "api/v1/routes.hpp"
#include "image/places/warehouse/database.hpp"
#include "operation/runner_fixture.hpp"
#include "registry/collection_operation.hpp"
#include "registry/registry_fixture.hpp"

namespace cang::api::v1 {

class ApiFixture : public registry::RegistryFixture {
protected:
    http::Response failure_reply(const Error& error) override { return problem_response(error); }

    // The body as JSON; a test that expects another status fails.
    boost::json::value get_json(const std::string& target, int status = 200) {
        auto reply = get(target);
        EXPECT_EQ(reply.status, status) << reply.body;
        return boost::json::parse(reply.body);
    }
    registry::Reply post_json(const std::string& target, const boost::json::value& body, http::Fields headers = {}) {
        headers.set("Content-Type", "application/json");
        return send(http::Method::post, target, boost::json::serialize(body), std::move(headers));
    }

    registry::Collection collection{*warehouse};
    operation::RunnerUnderTest life{warehouse::database_of(*warehouse), clock, {registry::collection_task(collection)}};
    transfer::Registries registries{warehouse::database_of(*warehouse), vault::Sealer(directory / "secrets.key"),
                                    clock};
    registry::auth::TokenSigner signer{Secret("a key"), clock};
    registry::auth::AccessControl access{
        {.mode = registry::auth::Mode::none, .external_url = {}}, nullptr, signer, clock, pool};
    Context api{
        .warehouse = *warehouse, .operations = life.runner, .clock = clock, .registries = registries, .access = access};
};

} // namespace cang::api::v1
