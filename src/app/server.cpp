#include "app/server.hpp"

#include "api/image_registry/envelope.hpp"
#include "app/error_responses.hpp"
#include "async/sleep.hpp"
#include "base/build.hpp"
#include "base/log.hpp"
#include "http/loggable.hpp"
#include "image/places/warehouse/changes.hpp"
#include "image/places/warehouse/database.hpp"
#include "image/places/warehouse/lists.hpp"
#include "image/places/warehouse/usage_history.hpp"
#include "registry/collection_operation.hpp"
#include "transfer/copy_operation.hpp"
#include "transfer/export_operation.hpp"
#include "transfer/import_operation.hpp"
#include "transfer/sync_operation.hpp"
#include "vault/key_file.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <thread>
#include <unistd.h>

namespace cang::app {

namespace {

constexpr std::chrono::milliseconds kLogInterval{200};
constexpr std::chrono::hours kRetentionInterval{1};
constexpr std::chrono::hours kStorageSampleInterval{1};
constexpr std::chrono::milliseconds kForever = std::chrono::hours(24 * 365);

// Disk and database work waits more than it computes; a few threads a core keep both cores and the disk busy.
std::size_t blocking_threads() { return std::max(4U, 2 * std::thread::hardware_concurrency()); }

std::string host_for_url(const std::string& address) {
    if (address == "::" || address == "0.0.0.0")
        return "localhost";
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

identity::GuardOptions guard_options(const Config& config) {
    return {.everybody_is_admin = config.access.mode == registry::auth::Mode::none,
            .anonymous = config.access.anonymous};
}

// Nobody signs in without access control, so nobody needs a password.
std::optional<Secret> ensure_first_admin(identity::Users& users, const Config& config) {
    if (config.access.mode == registry::auth::Mode::none)
        return std::nullopt;
    return users.ensure_first_admin(config.admin_password_file, config.warehouse.data_directory / "admin.hash");
}

// What live clients get first: they reload themselves when it changes.
boost::json::object greeting(const Clock& clock) {
    return {{"version", build_version()}, {"commit", build_commit()}, {"startedAt", to_rfc3339(clock.now())}};
}

} // namespace

Server::Server(Config config, settings::Sources sources)
    : control_(1), config_(std::move(config)), sources_(std::move(sources)), access_log_on_(config_.access_log),
      pool_(blocking_threads()), warehouse_(config_.warehouse, clock_, pool_),
      sealer_(config_.warehouse.data_directory / "secrets.key"),
      identity_(guard_options(config_), warehouse::database_of(warehouse_), clock_, pool_), oidc_(config_.oidc, clock_),
      generated_password_(ensure_first_admin(identity_.users, config_)), collection_(warehouse_),
      registries_(warehouse::database_of(warehouse_), sealer_, clock_, config_.outgoing),
      uploads_(config_.warehouse.data_directory / "archives/uploads", warehouse::database_of(warehouse_), clock_,
               pool_),
      exports_(config_.warehouse.data_directory / "archives/exports", clock_, pool_),
      authorities_(identity_.guard, warehouse::database_of(warehouse_)),
      transfers_{.warehouse = warehouse_,
                 .pool = pool_,
                 .access_to = [this](std::string host) { return registries_.access_to(std::move(host)); },
                 .uploads = uploads_,
                 .exports = exports_,
                 .spool_directory = config_.warehouse.data_directory / "archives",
                 .authorities = &authorities_},
      operations_(warehouse::database_of(warehouse_), clock_, control_.get_executor(),
                  {registry::collection_task(collection_), transfer::copy_task(transfers_),
                   transfer::sync_task(transfers_), transfer::import_task(transfers_),
                   transfer::export_task(transfers_)}),
      key_(vault::ensure_key_file(config_.warehouse.data_directory / "token.key")), signer_(key_, clock_),
      access_(config_.access, identity_, signer_),
      registry_{.warehouse = warehouse_,
                .upload_ids = registry::UploadIds("upload " + key_.reveal()),
                .guard = &identity_.guard},
      api_{.warehouse = warehouse_,
           .operations = operations_,
           .clock = clock_,
           .registries = registries_,
           .access = access_,
           .transfers = transfers_,
           .identity = identity_,
           .oidc = oidc_,
           .sealer = sealer_,
           .key = Secret("idempotency " + key_.reveal()),
           .settings = [this] { return setting_views(); }},
      image_registry_{.access = access_, .identity = identity_, .clock = clock_},
      oapis_{.access = access_, .identity = identity_},
      live_(operations_, access_, control_.get_executor(), greeting(clock_)),
      monitor_(warehouse_, collection_, metrics_, clock_), ui_(ui_files()), router_(make_router()),
      access_log_(clock_, STDOUT_FILENO), signals_(control_, SIGINT, SIGTERM), reload_signals_(control_),
      collect_timer_(control_) {
    warehouse::on_change(warehouse_,
                         [images = live_.images()](const std::string& repository) { images->note(repository); });
    if (!sources_.file.empty())
        reload_signals_.add(SIGHUP);
    http_ = std::make_unique<http::Server>(config_.http, router_, make_hooks());
    api_.system = system_facts(); // needs the port
    metrics_.add_routes(router_);
    metrics_.add_gauge("http_connections", "Open connections.",
                       [this] { return static_cast<double>(http_->connections()); });
    metrics_.add_gauge("live_clients", "Clients of live events.",
                       [this] { return static_cast<double>(live_.clients()); });
}

// Handlers use everything else, so they end before anything goes.
Server::~Server() { http_->stop(std::chrono::milliseconds(0)); }

http::Router Server::make_router() {
    http::Router router;
    registry::add_routes(router, registry_);
    router.add(access_.token_routes());
    api::v1::add_routes(router, api_);
    router.add(api::image_registry::login_routes(image_registry_));
    router.add(api::oapis::token_routes(oapis_));
    router.add(live_.routes());
    router.add(monitor_.routes());
    router.add(ui_.routes());
    return router;
}

http::ServerHooks Server::make_hooks() {
    http::ServerHooks hooks;
    hooks.authorize = [this](http::Request& request, const http::Route& route) { return authorize(request, route); };
    hooks.on_error = [](const http::Request& request) { return failure_response(request); };
    hooks.on_unmatched = [this](const http::Request& request, const http::RouteMatch& match) {
        if (auto page = ui_.find_page(request, match))
            return std::move(*page);
        return unmatched_response(request, match);
    };
    hooks.on_access = [this](const http::AccessRecord& record) {
        metrics_.observe(record);
        audit_failure(record);
        if (access_log_on_)
            access_log_.add(record);
    };
    return hooks;
}

// What was refused for lack of a right, the access check has written down; what a handler refused or failed at comes
// here.
void Server::audit_failure(const http::AccessRecord& record) {
    bool reads = record.method == http::Method::get || record.method == http::Method::head;
    bool known = record.status == 401 || record.status == 403;
    if (reads || record.status < 400 || known || record.user.empty() || record.route.empty())
        return;
    store::AuditRow event{.at = {},
                          .actor = {.name = std::string(record.user),
                                    .via = {},
                                    .address = std::string(record.remote_address),
                                    .request_id = std::string(record.request_id)},
                          .action = std::string(record.route),
                          .resource = http::loggable_target(record.target),
                          .result = "failed",
                          .message = fmt::format("HTTP status {}", record.status)};
    auto write = [this, event = std::move(event)]() -> awaitable<void> { co_await identity_.audit.append(event); };
    auto ended = [](const std::exception_ptr& failure) {
        if (failure)
            log::warn("audit.append_failed", {});
    };
    asio::co_spawn(control_, std::move(write), ended);
}

awaitable<std::optional<http::Response>> Server::authorize(http::Request& request, const http::Route& route) {
    auto refusal = co_await access_.authorize(request, route);
    if (refusal && api::image_registry::is_path(request.path))
        refusal = api::image_registry::refusal(refusal->status);
    co_return refusal;
}

std::optional<Secret> Server::generated_password() const { return generated_password_; }

std::string Server::url() const {
    auto scheme = config_.http.tls_cert_file.empty() ? "http" : "https";
    return fmt::format("{}://{}:{}", scheme, host_for_url(config_.http.address), http_->port());
}

api::v1::SystemFacts Server::system_facts() {
    auto postgresql = warehouse::database_of(warehouse_).engine() == sql::Engine::postgresql;
    return {.started_at = clock_.now(),
            .auth = std::string(registry::auth::to_string(config_.access.mode)),
            .database = postgresql ? "postgresql" : "sqlite",
            .tls = !config_.http.tls_cert_file.empty(),
            .url = config_.access.external_url.empty() ? url() : config_.access.external_url};
}

void Server::run() {
    std::signal(SIGPIPE, SIG_IGN);
    async::TaskGroup tasks(control_.get_executor());
    std::exception_ptr failure;
    auto ended = [&failure](std::exception_ptr thrown) { failure = std::move(thrown); };
    asio::co_spawn(control_, supervise(tasks), ended);
    control_.run();
    if (failure)
        std::rethrow_exception(failure);
}

awaitable<void> Server::supervise(async::TaskGroup& tasks) {
    co_await operations_.recover(); // nobody can start one before
    tasks.spawn("live events", [this] { return live_.run(); });
    tasks.spawn("live sign-ins", [this] { return live_.look_again_regularly(); });
    http_->start();
    log::info("serving", {{"url", url()}, {"version", std::string(build_version())}});
    tasks.spawn("access log", [this] { return flush_log_regularly(); });
    if (!sources_.file.empty())
        tasks.spawn("configuration", [this, &tasks] { return reload_when_asked(tasks); });
    tasks.spawn("collection schedule", [this, &tasks] { return collect_regularly(tasks); });
    tasks.spawn("image lists", [this] { return warehouse::prepare_lists(warehouse_); });
    tasks.spawn("storage samples", [this, &tasks] { return sample_storage_regularly(tasks); });
    tasks.spawn("operation retention", [this, &tasks] { return forget_regularly(tasks); });
    tasks.spawn("identity retention", [this, &tasks] { return forget_identity_regularly(tasks); });
    tasks.spawn("archive retention", [this, &tasks] { return clear_archives_regularly(tasks); });
    auto signal = co_await signals_.async_wait(asio::use_awaitable);
    log::info("stopping", {{"signal", std::to_string(signal)}});
    co_await stop();
    tasks.cancel_all();
    co_await tasks.join();
    access_log_.flush();
    log::info("stopped");
}

awaitable<void> Server::stop() {
    monitor_.set_stopping();
    signals_.async_wait([](boost::system::error_code failure, int signal) {
        if (!failure)
            std::_Exit(128 + signal);
    });
    // First, so that requests that wait for an operation end too.
    co_await operations_.shutdown();
    co_await live_.stop();
    auto drain = [this] { http_->stop(config_.shutdown_grace); };
    co_await async::run_blocking(pool_, drain);
    signals_.cancel();
}

// False when the wait was cut short, as another interval is to be kept.
awaitable<bool> Server::collection_is_due() {
    bool never = config_.collect_interval == std::chrono::milliseconds(0);
    collect_timer_.expires_after(never ? kForever : config_.collect_interval);
    boost::system::error_code cut;
    co_await collect_timer_.async_wait(asio::redirect_error(asio::use_awaitable, cut));
    co_await async::check_cancelled();
    co_return !cut;
}

awaitable<void> Server::collect_regularly(async::TaskGroup& tasks) {
    for (;;) {
        bool due = co_await collection_is_due();
        if (!due)
            continue;
        // A task of its own: one that fails is logged and does not end the schedule.
        tasks.spawn("garbage collection", [this]() -> awaitable<void> {
            warehouse::CollectOptions options{.untagged = config_.collect_untagged,
                                              .upload_expiry = config_.upload_expiry};
            auto spec = registry::collection_spec(options, "schedule");
            co_await operations_.start(std::move(spec));
        });
    }
}

awaitable<void> Server::forget_regularly(async::TaskGroup& tasks) {
    for (;;) {
        tasks.spawn("forgetting old operations", [this]() -> awaitable<void> {
            auto types = operation::type_table();
            std::vector<operation::Type> all(types.begin(), types.end());
            co_await operations_.history().clean_up(std::move(all));
        });
        co_await async::sleep_for(kRetentionInterval);
    }
}

awaitable<void> Server::clear_archives_regularly(async::TaskGroup& tasks) {
    for (;;) {
        tasks.spawn("removing expired archives", [this]() -> awaitable<void> {
            co_await uploads_.remove_expired();
            co_await exports_.remove_expired(operations_.history());
        });
        co_await async::sleep_for(kRetentionInterval);
    }
}

awaitable<void> Server::sample_storage_regularly(async::TaskGroup& tasks) {
    for (;;) {
        tasks.spawn("storage sample", [this] { return warehouse::record_usage(warehouse_); });
        co_await async::sleep_for(kStorageSampleInterval);
    }
}

awaitable<void> Server::forget_identity_regularly(async::TaskGroup& tasks) {
    for (;;) {
        tasks.spawn("forgetting ended sessions and old audit events", [this]() -> awaitable<void> {
            co_await identity_.sessions.remove_expired();
            if (config_.audit_retention > std::chrono::milliseconds(0))
                co_await identity_.audit.remove_older_than(config_.audit_retention);
        });
        co_await async::sleep_for(kRetentionInterval);
    }
}

awaitable<void> Server::flush_log_regularly() {
    for (;;) {
        co_await async::sleep_for(kLogInterval);
        access_log_.flush();
    }
}

} // namespace cang::app
