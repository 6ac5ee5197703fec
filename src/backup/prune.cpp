#include "backup/prune.hpp"

#include <algorithm>

namespace cang::backup {

namespace {

constexpr std::string_view removing = "removing old backups";

// A backup loses its name first: whatever is left of it afterwards is not taken for one.
std::vector<std::string> remove_backups(Directory& target, std::size_t keep) {
    std::vector<std::string> names = target.list();
    names.resize(names.size() - std::min(names.size(), std::max<std::size_t>(keep, 1)));
    for (const std::string& name : names)
        io::rename_file(target.backup(name), target.partial() / name, removing);
    io::sync_directory(target.backups(), removing);
    for (const std::string& name : names)
        std::filesystem::remove_all(target.partial() / name);
    return names;
}

std::vector<oci::Digest> list_needed(const Directory& target) {
    std::vector<oci::Digest> needed;
    for (const std::string& name : target.list())
        for (content::ObjectInfo& object : target.get_objects(name))
            needed.push_back(std::move(object.digest));
    std::ranges::sort(needed);
    auto twice = std::ranges::unique(needed);
    needed.erase(twice.begin(), twice.end());
    return needed;
}

// Foreign files stay.
void remove_unneeded(const Directory& target, const std::vector<oci::Digest>& needed, Pruned& result) {
    std::vector<content::ObjectInfo> unneeded;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(target.objects().root / "blobs")) {
        const auto& path = entry.path();
        std::string algorithm = path.parent_path().parent_path().filename().string();
        auto digest = oci::Digest::parse(algorithm + ":" + path.filename().string());
        if (digest && entry.is_regular_file() && !std::ranges::binary_search(needed, *digest))
            unneeded.push_back({*digest, entry.file_size()});
    }
    for (const content::ObjectInfo& object : unneeded) {
        io::remove_file(target.objects().object(object.digest), removing);
        ++result.objects;
        result.bytes += object.size;
    }
}

} // namespace

awaitable<Pruned> prune(Directory& target, std::size_t keep, async::BlockingPool& pool, Progress progress) {
    if (progress)
        progress({.phase = "old backups", .done = 0, .total = 1});
    auto work = [&target, keep] {
        Pruned result;
        result.names = remove_backups(target, keep);
        remove_unneeded(target, list_needed(target), result);
        return result;
    };
    co_return co_await async::run_blocking(pool, std::move(work));
}

} // namespace cang::backup
