#include "image/places/warehouse/manifest_cache.hpp"

namespace cang::warehouse {

ManifestCache::ManifestCache(std::size_t bytes) : shard_limit_(bytes / shards_.size()) {}

std::size_t ManifestCache::KeyHash::operator()(const Key& key) const noexcept {
    std::size_t first = std::hash<std::string_view>{}(key.repository);
    return first ^ (std::hash<std::string_view>{}(key.reference) + 0x9e3779b97f4a7c15U + (first << 6) + (first >> 2));
}

std::size_t ManifestCache::Entry::cost() const noexcept {
    // The bytes are counted under each name, although the names share them: simple, and never too little.
    constexpr std::size_t bookkeeping = 256;
    return bookkeeping + repository.size() + reference.size() + manifest->bytes->size();
}

ManifestCache::Hit ManifestCache::find(std::string_view repository, std::string_view reference, Timestamp now,
                                       std::chrono::milliseconds touch_interval) {
    Key key{repository, reference};
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    auto found = shard.index.find(key);
    if (found == shard.index.end())
        return {};
    Entry& entry = *found->second;
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    bool touch_due = now != Timestamp{} && now - entry.touched_at >= touch_interval;
    if (touch_due)
        entry.touched_at = now;
    return {entry.manifest, touch_due};
}

ManifestCache::Ticket ManifestCache::ticket(std::string_view repository, std::string_view reference) {
    Shard& shard = shard_of({repository, reference});
    std::lock_guard lock(shard.mutex);
    return shard.epoch;
}

void ManifestCache::insert(std::string_view repository, std::string_view reference, StoredManifestPtr manifest,
                           Ticket ticket) {
    Shard& shard = shard_of({repository, reference});
    std::lock_guard lock(shard.mutex);
    if (shard.epoch != ticket || shard.index.contains({repository, reference}))
        return;
    Entry entry{std::string(repository), std::string(reference), std::move(manifest), {}};
    if (entry.cost() > shard_limit_)
        return;
    while (shard.bytes + entry.cost() > shard_limit_)
        drop(shard, std::prev(shard.entries.end()));
    shard.bytes += entry.cost();
    shard.entries.push_front(std::move(entry));
    const Entry& kept = shard.entries.front();
    shard.index.emplace(Key{kept.repository, kept.reference}, shard.entries.begin());
}

void ManifestCache::erase(std::string_view repository, std::string_view reference) {
    Key key{repository, reference};
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    ++shard.epoch;
    auto found = shard.index.find(key);
    if (found != shard.index.end())
        drop(shard, found->second);
}

void ManifestCache::erase_repository(std::string_view repository) {
    for (Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        ++shard.epoch;
        for (auto entry = shard.entries.begin(); entry != shard.entries.end();) {
            auto next = std::next(entry);
            if (entry->repository == repository)
                drop(shard, entry);
            entry = next;
        }
    }
}

std::size_t ManifestCache::bytes() {
    std::size_t total = 0;
    for (Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        total += shard.bytes;
    }
    return total;
}

void ManifestCache::drop(Shard& shard, std::list<Entry>::iterator entry) {
    shard.bytes -= entry->cost();
    shard.index.erase({entry->repository, entry->reference});
    shard.entries.erase(entry);
}

} // namespace cang::warehouse
