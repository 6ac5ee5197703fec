// For this room's tests: a warehouse with images, pushed through the registry's routes, and a running runner. The test
// adds the endpoints that it is about.
#pragma once

#include "api/v1/routes.hpp"
#include "image/places/warehouse/database.hpp"
#include "image/random.hpp"
#include "operation/runner_fixture.hpp"
#include "registry/collection_operation.hpp"
#include "registry/registry_fixture.hpp"
#include "transfer/copy_operation.hpp"
#include "transfer/export_operation.hpp"
#include "transfer/import_operation.hpp"
#include "transfer/sync_operation.hpp"

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

    // Registries are reached by plain HTTP.
    static awaitable<distribution::RegistryOptions> access_to(std::string) {
        distribution::RegistryOptions options;
        options.plain_http = true;
        co_return options;
    }
    // An image with real layers and a real config.
    oci::Manifest push_random(const std::string& repository, const std::string& tag, std::uint64_t seed = 1) {
        auto content = image::random_image({.seed = seed});
        for (const auto& [digest, bytes] : content.blobs)
            push_blob(repository, *bytes);
        put_manifest("/v2/" + repository + "/manifests/" + tag, content.root().bytes());
        return content.root();
    }
    // The operation that was started, when it has ended.
    boost::json::object wait_for(const registry::Reply& started) {
        EXPECT_EQ(started.status, 202) << started.body;
        auto id = std::string(boost::json::parse(started.body).at("id").as_string());
        cang::testing::run_async([&]() -> awaitable<void> { co_await life.runner.wait(id); });
        return get_json("/api/v1/operations/" + id).as_object();
    }

    registry::Collection collection{*warehouse};
    transfer::Uploads uploads{directory / "archives/uploads", warehouse::database_of(*warehouse), clock, pool};
    transfer::Exports exports{directory / "archives/exports", clock, pool};
    transfer::Context transfers{.warehouse = *warehouse,
                                .pool = pool,
                                .access_to = access_to,
                                .uploads = uploads,
                                .exports = exports,
                                .spool_directory = directory / "archives"};
    operation::RunnerUnderTest life{warehouse::database_of(*warehouse),
                                    clock,
                                    {registry::collection_task(collection), transfer::copy_task(transfers),
                                     transfer::sync_task(transfers), transfer::import_task(transfers),
                                     transfer::export_task(transfers)}};
    transfer::Registries registries{warehouse::database_of(*warehouse), vault::Sealer(directory / "secrets.key"), clock,
                                    nullptr};
    registry::auth::TokenSigner signer{Secret("a key"), clock};
    identity::Identity identity{{.everybody_is_admin = true}, warehouse::database_of(*warehouse), clock, pool};
    identity::oidc::Provider oidc{{}, clock};
    vault::Sealer sealer{directory / "secrets.key"};
    registry::auth::AccessControl access{{.mode = registry::auth::Mode::none, .external_url = {}}, identity, signer};
    Context api{.warehouse = *warehouse,
                .operations = life.runner,
                .clock = clock,
                .registries = registries,
                .access = access,
                .transfers = transfers,
                .identity = identity,
                .oidc = oidc,
                .sealer = sealer,
                .key = Secret("a key")};
};

} // namespace cang::api::v1
