#include "transfer/sync_run.hpp"

#include "async/for_each_limit.hpp"
#include "base/bytes.hpp"
#include "base/error_kind.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

// A registry with more tags than this is not mirrored by pattern in one run.
constexpr std::size_t kMostItems = 1'000'000;
constexpr std::size_t kPage = 1000;

// One sync on its way.
class Sync {
public:
    Sync(Places& places, const SyncConfig& config, const SyncOptions& options, SyncObserver& observer)
        : places_(places), config_(config), options_(options), observer_(observer) {}

    awaitable<SyncReport> run();

private:
    awaitable<void> choose(const SyncRule& rule);
    awaitable<std::vector<std::string>> choose_repositories(const SyncRule& rule);
    awaitable<std::vector<std::string>> choose_tags(const SyncRule& rule, std::string repository);
    awaitable<void> handle(std::size_t index);
    awaitable<SyncItemReport> copy_item(SyncItem item);
    awaitable<SyncItemReport> compare_item(SyncItem item);
    void count(const SyncItemReport& report);

    Places& places_;
    const SyncConfig& config_;
    const SyncOptions& options_;
    SyncObserver& observer_;
    std::vector<SyncItem> items_;
    SyncReport report_;
};

image::PlaceName source_name(const SyncRule& rule, const std::string& repository, std::optional<std::string> tag) {
    oci::Reference reference;
    reference.registry = rule.source_registry;
    reference.repository = repository;
    reference.tag = std::move(tag);
    auto kind = rule.source_registry.empty() ? image::PlaceKind::warehouse : image::PlaceKind::registry;
    return image::PlaceName{kind, {}, reference};
}

awaitable<std::vector<std::string>> Sync::choose_repositories(const SyncRule& rule) {
    std::vector<std::string> chosen;
    if (!rule.source_repository.empty()) {
        chosen.push_back(rule.source_repository);
        co_return chosen;
    }
    if (rule.repositories.is_exact()) {
        for (const auto& pattern : rule.repositories.allow)
            if (rule.repositories.matches(pattern.exact()))
                chosen.push_back(pattern.exact());
        co_return chosen;
    }
    auto name = source_name(rule, "", std::nullopt);
    auto listing = co_await places_.open_listing(name);
    std::string last;
    for (;;) {
        auto page = co_await listing.place->list_repositories(last, kPage);
        if (page.empty())
            break;
        for (const auto& repository : page)
            if (oci::is_valid_repository(repository) && rule.repositories.matches(repository))
                chosen.push_back(repository);
        last = page.back();
    }
    co_return chosen;
}

awaitable<std::vector<std::string>> Sync::choose_tags(const SyncRule& rule, std::string repository) {
    std::vector<std::string> chosen;
    if (rule.tags.is_exact()) {
        for (const auto& pattern : rule.tags.allow)
            if (rule.tags.matches(pattern.exact()))
                chosen.push_back(pattern.exact());
    } else {
        auto name = source_name(rule, repository, std::nullopt);
        auto listing = co_await places_.open_listing(name);
        std::string last;
        for (;;) {
            auto page = co_await listing.place->list_tags(repository, last, kPage);
            if (page.empty())
                break;
            for (const auto& tag : page)
                if (oci::is_valid_tag(tag) && rule.tags.matches(tag))
                    chosen.push_back(tag);
            last = page.back();
        }
    }
    if (rule.newest > 0 && chosen.size() > rule.newest) {
        std::sort(chosen.begin(), chosen.end(), version_less);
        chosen.erase(chosen.begin(), chosen.end() - static_cast<std::ptrdiff_t>(rule.newest));
    }
    co_return chosen;
}

awaitable<void> Sync::choose(const SyncRule& rule) {
    auto repositories = co_await choose_repositories(rule);
    for (const auto& repository : repositories) {
        std::optional<Error> failure;
        std::vector<std::string> tags;
        try {
            tags = co_await choose_tags(rule, repository);
        } catch (const Error& error) {
            failure = error;
        }
        if (failure && failure->kind() == ErrorKind::cancelled)
            throw *failure;
        if (failure)
            report_.failed_lists.emplace_back(source_name(rule, repository, std::nullopt).to_string(), *failure);
        for (const auto& tag : tags)
            items_.push_back({source_name(rule, repository, tag), sync_target(rule, repository, tag), &rule});
        if (items_.size() > kMostItems)
            throw Error(ErrorKind::unsupported, fmt::format("more than {} tags are chosen", kMostItems));
    }
}

awaitable<SyncItemReport> Sync::copy_item(SyncItem item) {
    SyncItemReport report{.item = item};
    auto source = co_await places_.open_source(item.source);
    auto target = co_await places_.open_sink(item.target);
    auto options = options_.copy;
    if (!item.rule->platforms.empty())
        options.platforms = item.rule->platforms;
    options.referrers = options.referrers || item.rule->referrers;
    auto progress = observer_.started(item);
    auto result = co_await image::copy(*source.place, source.reference, *target.place, target.reference,
                                       std::move(options), *progress);
    report.outcome = result.unchanged ? SyncOutcome::unchanged : SyncOutcome::copied;
    report.digest = result.root.digest.to_string();
    report.bytes_copied = result.bytes_copied;
    co_return report;
}

awaitable<SyncItemReport> Sync::compare_item(SyncItem item) {
    SyncItemReport report{.item = item};
    auto source = co_await places_.open_source(item.source);
    auto target = co_await places_.open_sink(item.target);
    auto there = co_await source.place->find(source.reference);
    if (!there)
        throw Error(ErrorKind::not_found, fmt::format("{} does not exist", item.source.to_string()));
    auto here = co_await target.place->find_current(target.reference);
    report.outcome = here && here->digest == there->digest ? SyncOutcome::unchanged : SyncOutcome::would_copy;
    report.digest = there->digest.to_string();
    co_return report;
}

awaitable<void> Sync::handle(std::size_t index) {
    SyncItemReport report{.item = items_[index]};
    try {
        if (options_.dry_run)
            report = co_await compare_item(items_[index]);
        else
            report = co_await copy_item(items_[index]);
    } catch (...) {
        report.error = current_error();
    }
    if (report.error && report.error->kind() == ErrorKind::cancelled)
        throw *report.error;
    count(report);
    observer_.ended(report);
    report_.items[index] = std::move(report);
}

void Sync::count(const SyncItemReport& report) {
    ++(report.outcome == SyncOutcome::failed      ? report_.failed
       : report.outcome == SyncOutcome::unchanged ? report_.unchanged
                                                  : report_.copied);
    report_.bytes_copied += report.bytes_copied;
}

awaitable<SyncReport> Sync::run() {
    for (const auto& rule : config_.rules) {
        std::optional<Error> failure;
        try {
            co_await choose(rule);
        } catch (const Error& error) {
            failure = error;
        }
        if (failure && (failure->kind() == ErrorKind::cancelled || failure->kind() == ErrorKind::invalid_argument))
            throw *failure;
        if (failure)
            report_.failed_lists.emplace_back(source_name(rule, rule.source_repository, std::nullopt).to_string(),
                                              *failure);
    }
    report_.failed = report_.failed_lists.size();
    report_.items.resize(items_.size());
    observer_.chosen(items_.size());
    std::function<awaitable<void>(std::size_t)> body = [this](std::size_t index) { return handle(index); };
    co_await async::for_each_index(items_.size(), options_.jobs, std::move(body));
    co_return std::move(report_);
}

std::string_view to_word(SyncOutcome outcome) {
    switch (outcome) {
    case SyncOutcome::copied: return "copied";
    case SyncOutcome::unchanged: return "unchanged";
    case SyncOutcome::failed: return "failed";
    case SyncOutcome::would_copy: return "copy";
    }
    return "";
}

boost::json::object error_json(const Error& error) {
    return {{"kind", error_kind_row(error.kind()).name}, {"code", error.code()}, {"message", error.message()}};
}

} // namespace

awaitable<SyncReport> run_sync(Places& places, const SyncConfig& config, SyncOptions options, SyncObserver& observer) {
    Sync sync(places, config, options, observer);
    co_return co_await sync.run();
}

std::string to_line(const SyncItemReport& report) {
    auto names = fmt::format("{} -> {}", report.item.source.to_string(), report.item.target.to_string());
    if (report.error)
        return fmt::format("failed     {}: {}", names, report.error->message());
    if (report.outcome == SyncOutcome::copied)
        return fmt::format("copied     {} {}", names, human_bytes(report.bytes_copied));
    return fmt::format("{:<10} {}", to_word(report.outcome), names);
}

boost::json::object to_json(const SyncReport& report) {
    boost::json::array items;
    for (const auto& item : report.items) {
        boost::json::object row{{"source", item.item.source.to_string()},
                                {"target", item.item.target.to_string()},
                                {"action", to_word(item.outcome)},
                                {"digest", item.digest},
                                {"bytesCopied", item.bytes_copied}};
        if (item.error)
            row["error"] = error_json(*item.error);
        items.push_back(std::move(row));
    }
    boost::json::array lists;
    for (const auto& [name, error] : report.failed_lists)
        lists.push_back(boost::json::object{{"name", name}, {"error", error_json(error)}});
    return {{"items", std::move(items)},     {"failedLists", std::move(lists)}, {"copied", report.copied},
            {"unchanged", report.unchanged}, {"failed", report.failed},         {"bytesCopied", report.bytes_copied}};
}

} // namespace cang::transfer
