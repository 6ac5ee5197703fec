// Carries out a sync configuration: lists, chooses, copies side by side, and reports item by item.
#pragma once

#include "image/copy.hpp"
#include "transfer/places.hpp"
#include "transfer/sync_config.hpp"

#include <boost/json/object.hpp>

namespace cang::transfer {

struct SyncItem {
    image::PlaceName source;
    image::PlaceName target;
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
};

// Hears of the course of a sync. Items run side by side.
class SyncObserver {
public:
    virtual ~SyncObserver() = default;
    // Everything is listed and chosen.
    virtual void chosen(std::size_t items) { (void)items; }
    // Receives the course of the item's copy, and goes when that has ended.
    virtual std::unique_ptr<image::CopyProgress> started(const SyncItem& item) {
        (void)item;
        return std::make_unique<image::CopyProgress>();
    }
    virtual void ended(const SyncItemReport& report) = 0;
};

// Throws only Error{cancelled} and what concerns no single item. What is given outlives the call.
awaitable<SyncReport> run_sync(Places& places, const SyncConfig& config, SyncOptions options, SyncObserver& observer);

boost::json::object to_json(const SyncReport& report);
std::string to_line(const SyncItemReport& report);

} // namespace cang::transfer
