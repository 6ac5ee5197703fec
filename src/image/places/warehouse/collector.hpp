// Online garbage collection: frees manifests without tag or parent or subject, and objects that nothing references.
// There is no read-only window and no lock that a push can feel; see the essay in collector.cpp.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

#include <functional>

namespace cang::warehouse {

struct CollectOptions {
    bool dry_run = false;
    // Also remove manifests that no tag, index or subject reaches (default: only unreferenced blobs).
    bool untagged = false;
    std::chrono::milliseconds upload_expiry{std::chrono::hours(24)}; // abandoned uploads
};

struct CollectProgress {
    std::string_view phase; // "uploads", "manifests", "links", "objects", "files"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
};

struct CollectResult {
    std::uint64_t manifests = 0;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // freed, or to be freed in a dry run
    std::uint64_t uploads = 0;
};

// Cancelled through the coroutine's cancellation slot between steps; what was freed stays freed. Throws Error{conflict}
// while a backup is being made, also in the middle.
awaitable<CollectResult> collect(Warehouse& warehouse, CollectOptions options,
                                 std::function<void(const CollectProgress&)> progress = {});

struct FsckProblem {
    std::string what; // "object missing", "object corrupt", "size wrong", "link without object", "child missing", …
    std::string digest;
    std::string repository;
};

struct FsckResult {
    std::uint64_t objects = 0;
    std::uint64_t manifests = 0;
    std::uint64_t bytes = 0;
    std::vector<FsckProblem> problems;
};

// Checks facts against bytes. `deep` reads and hashes every object.
awaitable<FsckResult> check(Warehouse& warehouse, bool deep, std::function<void(const CollectProgress&)> progress = {});

} // namespace cang::warehouse
