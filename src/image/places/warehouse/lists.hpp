// Lists of the warehouse's images and repositories: searched, filtered, sorted, any page, with totals. Answered from
// memory, see inventory.hpp; a list shows every write that was acknowledged before it was asked for.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

#include <unordered_map>

namespace cang::warehouse {

enum class Sort { name, updated_at, size, tags };

// Where a page ended: the entry that the next one follows. The entry itself may be gone by then.
struct Position {
    std::int64_t key = 0; // what is sorted by; 0 for names
    std::string repository;
    std::string tag; // empty in lists of repositories
};

// The order of names is that of bytes; entries that are equal in `sort` follow it.
struct PageRequest {
    Sort sort = Sort::name;
    bool descending = false;
    std::size_t limit = 50;
    std::size_t offset = 0; // entries to leave out, counted from `after`
    std::optional<Position> after;
};

// An image is a tag: several may show one manifest.
struct ImageEntry {
    std::string repository;
    std::string tag;
    oci::Digest digest;
    std::string media_type;
    std::string artifact_type;
    std::uint64_t size = 0; // bytes of config and layers, of all platforms
    std::vector<std::string> platforms;
    Timestamp updated_at;
};

// Which repositories a list is about; empty: all.
using Shows = std::function<bool(std::string_view repository)>;

struct ImageQuery {
    std::string search;                    // a part of "repository:tag" without regard to case; empty for all
    std::string repository;                // only this one; empty for all
    std::optional<oci::Platform> platform; // one without variant finds all its variants
    PageRequest page;                      // by name, updated_at or size
    Shows shows = {};
};

struct RepositoryQuery {
    std::string search; // a part of the name; empty for all
    PageRequest page;   // by name, updated_at or tags
    Shows shows = {};
};

template <typename Entry>
struct Page {
    std::vector<Entry> entries;
    std::uint64_t total = 0;      // on all pages
    std::optional<Position> next; // nullopt: this is the last page
};

awaitable<Page<ImageEntry>> list_images(Warehouse& warehouse, ImageQuery query);
// Repositories that have a manifest.
awaitable<Page<RepositoryEntry>> list_repositories(Warehouse& warehouse, RepositoryQuery query);

// What the warehouse knows of one image beside its bytes.
struct ImageRecord {
    Timestamp pushed_at;
    std::uint64_t size = 0;
    std::vector<std::string> tags; // on it, by name
    // Of an index: the sizes of its images, by their digests.
    std::unordered_map<oci::Digest, std::uint64_t> image_sizes;
};
awaitable<std::optional<ImageRecord>> find_image(Warehouse& warehouse, std::string repository, oci::Digest digest);
// Nullopt when it has no manifest.
awaitable<std::optional<RepositoryEntry>> find_repository(Warehouse& warehouse, std::string repository);

// Reads what lists are answered from, so that the first one need not wait for it; and the facts of manifests that were
// put by a version which did not keep them. For the start of a server, in the background.
awaitable<void> prepare_lists(Warehouse& warehouse);

} // namespace cang::warehouse
