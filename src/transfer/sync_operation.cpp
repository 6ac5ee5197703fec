#include "transfer/sync_operation.hpp"

#include "transfer/copy_course.hpp"
#include "transfer/copy_report.hpp"
#include "transfer/image_choice.hpp"
#include "transfer/place_request.hpp"
#include "transfer/sync_run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

SyncConfig require_config(std::string_view text) {
    auto config = parse_sync_config(text);
    if (!config)
        throw_invalid("config", config.error());
    if (!config->registries.empty())
        throw Error(ErrorKind::invalid_argument,
                    "config: has a section \"registries\"; the server signs in as its stored registries say");
    return std::move(*config);
}

class SyncLog final : public SyncObserver {
public:
    explicit SyncLog(operation::Context& context) : course_(context) {}

    void chosen(std::size_t items) override { course_.context().log(count_of(items, "image") + " chosen"); }
    std::unique_ptr<image::CopyProgress> started(const SyncItem& item) override {
        return course_.follow(item.target.to_string());
    }
    void ended(const SyncItemReport& report) override { course_.context().log(to_line(report)); }

private:
    CopyCourse course_;
};

// The first failure speaks for all.
[[noreturn]] void throw_failed(const SyncReport& report) {
    const Error* first = report.failed_lists.empty() ? nullptr : &report.failed_lists.front().second;
    for (const auto& item : report.items)
        if (first == nullptr && item.error)
            first = &*item.error;
    throw Error(first->kind(), fmt::format("{} of {} failed, {} copied, {} unchanged; the first: {}", report.failed,
                                           report.items.size() + report.failed_lists.size(), report.copied,
                                           report.unchanged, first->message()));
}

awaitable<boost::json::object> run(Context& here, operation::Context& operation) {
    auto request = read_input<SyncRequest>(operation.spec().input);
    auto config = require_config(request.config);
    auto executor = co_await asio::this_coro::executor;
    auto authority = co_await authority_of(here, operation);
    ServerPlaces places(executor, here.warehouse, here.access_to, std::move(authority));
    SyncOptions options;
    options.dry_run = request.dry_run;
    SyncLog log(operation);
    auto report = co_await run_sync(places, config, std::move(options), log);
    for (const auto& [name, error] : report.failed_lists)
        operation.log(fmt::format("failed     {}: {}", name, error.message()));
    if (report.failed > 0)
        throw_failed(report);
    co_return to_json(report);
}

} // namespace

SyncRequest SyncRequest::read(const oci::JsonScope& request) {
    return {.config = request.required_text("config"), .dry_run = request.flag("dryRun")};
}

operation::Spec sync_spec(const SyncRequest& request) {
    auto config = require_config(request.config);
    operation::Spec spec;
    spec.type = "sync";
    const auto& first = config.rules.front();
    auto source = first.source_registry.empty() ? "" : "docker://" + first.source_registry;
    if (!first.source_repository.empty())
        source += (source.empty() ? "" : "/") + first.source_repository;
    auto more = config.rules.size() > 1 ? fmt::format(" and {} more", config.rules.size() - 1) : "";
    spec.title =
        fmt::format("{} {}{}", request.dry_run ? "Compare" : "Sync", source.empty() ? "the warehouse" : source, more);
    spec.input = {{"config", request.config}, {"dryRun", request.dry_run}};
    return spec;
}

operation::Task sync_task(Context& here) {
    return {.type = operation::get_type("sync"),
            .work = [&here](operation::Context& operation) { return run(here, operation); }};
}

} // namespace cang::transfer
