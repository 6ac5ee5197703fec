// The running server: constructs everything by hand in dependency order, owns all lifetimes, ends on a signal.
#pragma once

#include "api/live/live.hpp"
#include "api/v1/routes.hpp"
#include "app/access_log.hpp"
#include "app/config.hpp"
#include "app/monitor_routes.hpp"
#include "app/ui.hpp"
#include "async/task_group.hpp"
#include "registry/collection.hpp"
#include "registry/routes.hpp"
#include "transfer/context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace cang::app {

class Server {
public:
    // Opens the data directory and binds the port; throws Error when either can't be had.
    explicit Server(Config config);
    ~Server();

    // Where clients reach it: "http://127.0.0.1:5000".
    std::string url() const;
    // The administrator's, when the first start made one up.
    std::optional<Secret> generated_password() const;

    // Serves until SIGTERM or SIGINT, then lets requests end for the grace period. A second signal ends the process at
    // once, which the store survives.
    void run();

private:
    http::Router make_router();
    http::ServerHooks make_hooks();
    awaitable<void> supervise(async::TaskGroup& tasks);
    awaitable<void> stop();
    awaitable<void> collect_regularly(async::TaskGroup& tasks);
    awaitable<void> forget_regularly(async::TaskGroup& tasks);
    awaitable<void> clear_archives_regularly(async::TaskGroup& tasks);
    awaitable<void> sample_storage_regularly(async::TaskGroup& tasks);
    api::v1::SystemFacts system_facts();
    awaitable<void> forget_identity_regularly(async::TaskGroup& tasks);
    awaitable<void> flush_log_regularly();

    // The loops are first, so they go last: a thread of the pool or of the database may still be on its way out of
    // waking a loop whose last coroutine has ended.
    asio::io_context control_; // signals and background work; the main thread runs it
    std::unique_ptr<http::Server> http_;

    Config config_;
    SystemClock clock_;
    async::BlockingPool pool_;
    warehouse::Warehouse warehouse_;
    vault::Sealer sealer_;
    identity::Identity identity_;
    identity::oidc::Provider oidc_;
    std::optional<Secret> generated_password_; // of this start
    registry::Collection collection_;
    transfer::Registries registries_;
    transfer::Uploads uploads_;
    transfer::Exports exports_;
    transfer::Authorities authorities_;
    transfer::Context transfers_;
    operation::Runner operations_;
    Secret key_;
    registry::auth::TokenSigner signer_;
    registry::auth::AccessControl access_;
    registry::Context registry_;
    api::v1::Context api_;
    api::live::Live live_;
    http::Metrics metrics_;
    Monitor monitor_;
    Ui ui_;
    http::Router router_;
    AccessLog access_log_;
    asio::signal_set signals_;
};

} // namespace cang::app
