// The settings that change while the server runs.
#include "app/server.hpp"
#include "base/log.hpp"
#include "image/places/warehouse/grace.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace cang::app {

awaitable<void> Server::reload_when_asked(async::TaskGroup& tasks) {
    for (;;) {
        co_await reload_signals_.async_wait(asio::use_awaitable);
        // A task of its own: what it throws is logged, and the next signal is waited for all the same.
        tasks.spawn("settings reload", [this] { return reload(); });
    }
}

// Whatever is wrong with the new settings, the old ones stay.
awaitable<void> Server::reload() {
    auto reading = settings::read_settings(sources_);
    for (const auto& problem : reading.problems)
        log::error("settings.problem", {{"reason", problem}});
    if (reading.problems.empty())
        apply(make_config(reading.settings));
    else
        log::error("settings.not_reloaded", {{"problems", std::to_string(reading.problems.size())}});
    co_return;
}

void Server::apply(const Config& next) {
    auto before = config_.settings;
    auto taken = next.settings;
    bool tls = !before.text("tls-cert").empty();
    bool tls_next = !taken.text("tls-cert").empty();
    if (tls && tls_next &&
        (before.text("tls-cert") != taken.text("tls-cert") || before.text("tls-key") != taken.text("tls-key")))
        http_->use_certificate(taken.text("tls-cert"), taken.text("tls-key"));
    if (tls != tls_next) {
        log::warn("settings.restart_needed", {{"key", "server.tls-cert"}});
        taken.set("tls-cert", before.value("tls-cert"));
        taken.set("tls-key", before.value("tls-key"));
    }
    settings::Settings::Change change;
    {
        std::lock_guard lock(settings_mutex_);
        change = config_.settings.take_reloadable(taken);
    }
    warehouse::set_grace(warehouse_, next.warehouse.grace);
    config_.upload_expiry = next.upload_expiry;
    config_.audit_retention = next.audit_retention;
    config_.collect_untagged = next.collect_untagged;
    config_.shutdown_grace = next.shutdown_grace;
    access_log_on_ = next.access_log;
    log::set_level(next.log_level);
    if (std::exchange(config_.collect_interval, next.collect_interval) != next.collect_interval)
        collect_timer_.cancel();
    for (const auto& key : change.need_restart)
        log::warn("settings.restart_needed", {{"key", key}});
    log::info("settings.reloaded", {{"changed", fmt::format("{}", fmt::join(change.taken, ","))}});
}

std::vector<settings::SettingView> Server::setting_views() const {
    std::lock_guard lock(settings_mutex_);
    return config_.settings.views();
}

} // namespace cang::app
