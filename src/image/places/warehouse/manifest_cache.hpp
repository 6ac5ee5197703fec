// Manifests in memory under (repository, tag) and (repository, digest), bounded by bytes, least recently used first
// out. Holds only what exists; absence is never cached.
//
// Coherence: a reader takes a ticket before it reads SQL and hands it in with what it found. Every erase makes the
// tickets of its shard void, so a reader that raced with a write cannot put a stale manifest back. A writer erases
// after its commit and before it is acknowledged. Thread-safe.
#pragma once

#include "image/places/warehouse/warehouse.hpp"

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

namespace cang::warehouse {

class ManifestCache {
public:
    explicit ManifestCache(std::size_t bytes);

    struct Hit {
        StoredManifestPtr manifest; // null: not cached
        bool touch_due = false;     // no touch was due within `touch_interval` before
    };
    // `now` zero means that the caller wants no touch.
    Hit find(std::string_view repository, std::string_view reference, Timestamp now = {},
             std::chrono::milliseconds touch_interval = {});

    using Ticket = std::uint64_t;
    Ticket ticket(std::string_view repository, std::string_view reference);
    // Does nothing when the ticket is void.
    void insert(std::string_view repository, std::string_view reference, StoredManifestPtr manifest, Ticket ticket);
    void erase(std::string_view repository, std::string_view reference);
    void erase_repository(std::string_view repository);
    std::size_t bytes();

private:
    struct Key {
        std::string_view repository;
        std::string_view reference;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Entry {
        std::string repository;
        std::string reference;
        StoredManifestPtr manifest;
        Timestamp touched_at;
        std::size_t cost() const noexcept;
    };
    struct Shard {
        std::mutex mutex;
        std::list<Entry> entries;                                           // most recently used first
        std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> index; // keys point into the entries
        std::size_t bytes = 0;
        Ticket epoch = 0;
    };
    Shard& shard_of(const Key& key) { return shards_[KeyHash{}(key) % shards_.size()]; }
    static void drop(Shard& shard, std::list<Entry>::iterator entry);

    std::array<Shard, 16> shards_; // few enough that a shard holds large manifests, enough to keep threads apart
    std::size_t shard_limit_;
};

} // namespace cang::warehouse
