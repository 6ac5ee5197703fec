// Carries out a sync configuration: lists, chooses, copies side by side, and reports item by item.
#pragma once

#include "cli/place_opener.hpp"
#include "cli/sync_config.hpp"
#include "image/copy.hpp"

#include <boost/json/object.hpp>

namespace cang::cli {

struct SyncItem {
    PlaceName source;
    PlaceName target;
    const SyncRule* rule = nullptr;
};

enum class SyncOutcome { copied, unchanged, failed, would_copy };

struct SyncItemReport {
    SyncItem item;
    SyncOutcome outcome = SyncOutcome::failed;
    std::string digest;
    std::uint64_t bytes_copied = 0;
    std::optional<Error> error;
};

struct SyncReport {
    std::vector<SyncItemReport> items;
    std::vector<std::pair<std::string, Error>> failed_lists; // what could not be listed, and why
    std::size_t copied = 0;                                  // in a dry run: to be copied
    std::size_t unchanged = 0;
    std::size_t failed = 0; // lists included
    std::uint64_t bytes_copied = 0;
};

struct SyncOptions {
    bool dry_run = false;
    std::size_t jobs = 4;
    image::CopyOptions copy;
    PlaceOptions places; // where the warehouse is, and what registries have in common
};

// `told` hears of every item as it ends. Throws only Error{cancelled} and what concerns no single item.
awaitable<SyncReport> run_sync(PlaceOpener& opener, const Session& session, const SyncConfig& config,
                               SyncOptions options, std::function<void(const SyncItemReport&)> told);

boost::json::object to_json(const SyncReport& report);
std::string to_line(const SyncItemReport& report);

} // namespace cang::cli
