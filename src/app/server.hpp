// The running server: constructs everything by hand in dependency order, owns all lifetimes, ends on a signal.
#pragma once

#include "api/image_registry/login_routes.hpp"
#include "api/live/live.hpp"
#include "api/oapis/token_routes.hpp"
#include "api/v1/routes.hpp"
#include "app/access_log.hpp"
#include "app/config.hpp"
#include "app/monitor_routes.hpp"
#include "app/ui.hpp"
#include "async/task_group.hpp"
#include "registry/collection.hpp"
#include "registry/routes.hpp"
#include "transfer/context.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>

namespace cang::app {

class Server {
public:
    // Opens the data directory and binds the port; throws Error when either can't be had. With a file among its
    // sources, SIGHUP reads the settings again.
    explicit Server(Config config, settings::Sources sources = {});
    ~Server();

    // Where clients reach it: "http://127.0.0.1:5000".
    std::string url() const;
    // The administrator's, when the first start made one up.
    std::optional<Secret> generated_password() const;
    // Everything that it serves.
    std::vector<const http::Route*> routes() const { return router_.routes(); }

    // Serves until SIGTERM or SIGINT, then lets requests end for the grace period. A second signal ends the process at
    // once, which the store survives.
    void run();

private:
    http::Router make_router();
    http::ServerHooks make_hooks();
    void audit_failure(const http::AccessRecord& record);
    awaitable<std::optional<http::Response>> authorize(http::Request& request, const http::Route& route);
    awaitable<void> supervise(async::TaskGroup& tasks);
    awaitable<void> stop();
    awaitable<void> reload_when_asked(async::TaskGroup& tasks); // server_reload.cpp
    awaitable<void> reload();
    void apply(const Config& next);
    std::vector<settings::SettingView> setting_views() const; // from any thread
    awaitable<bool> collection_is_due();
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

    Config config_; // its http and access parts stay as they were; the others change on the control loop
    settings::Sources sources_;
    mutable std::mutex settings_mutex_; // of config_.settings
    std::atomic<bool> access_log_on_;
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
    api::image_registry::LoginContext image_registry_;
    api::oapis::TokenContext oapis_;
    api::live::Live live_;
    http::Metrics metrics_;
    Monitor monitor_;
    Ui ui_;
    http::Router router_;
    AccessLog access_log_;
    asio::signal_set signals_;
    asio::signal_set reload_signals_;
    asio::steady_timer collect_timer_;
};

} // namespace cang::app
