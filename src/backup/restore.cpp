#include "backup/restore.hpp"

#include "async/for_each_limit.hpp"
#include "async/sleep.hpp"
#include "backup/damage.hpp"
#include "backup/file_copy.hpp"
#include "image/places/warehouse/data_directory.hpp"

#include <fmt/format.h>
#include <optional>

namespace cang::backup {

namespace {

constexpr std::string_view writing = "writing the data directory";
constexpr std::size_t copies_at_once = 4;
constexpr unsigned private_mode = 0600;
constexpr unsigned object_mode = 0644;

void require_new(const std::filesystem::path& directory) {
    if (!std::filesystem::exists(directory))
        return;
    if (!std::filesystem::is_directory(directory) || !std::filesystem::is_empty(directory))
        throw Error(ErrorKind::conflict, fmt::format("{} is not empty\na backup is restored into a new directory: name "
                                                     "another one, or move this one away",
                                                     directory.string()));
}

// A new data directory, locked. Unless it was finished, it is gone again with the value.
class Target {
public:
    explicit Target(std::filesystem::path path) : path_(std::move(path)) {
        require_new(path_);
        existed_ = std::filesystem::exists(path_);
        directory_.emplace(path_);
        io::atomic_write_file(directory_->restoring(), as_bytes("a backup is being restored into this directory\n"),
                              writing);
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    ~Target() {
        if (finished_)
            return;
        std::error_code ignored;
        std::vector<std::filesystem::path> inside;
        for (const auto& entry : std::filesystem::directory_iterator(path_, ignored))
            inside.push_back(entry.path());
        for (const auto& path : inside)
            std::filesystem::remove_all(path, ignored);
        if (!existed_)
            std::filesystem::remove(path_, ignored);
    }

    const std::filesystem::path& path() const noexcept { return path_; }
    void finish() {
        io::sync_filesystem(path_, writing);
        io::remove_file(directory_->restoring(), writing);
        io::sync_directory(path_, writing);
        finished_ = true;
    }

private:
    std::filesystem::path path_;
    bool existed_ = false;
    bool finished_ = false;
    std::optional<warehouse::DataDirectory> directory_;
};

class Restoration {
public:
    Restoration(const Directory& source, std::string name, async::BlockingPool& pool, Progress progress)
        : source_(source), name_(std::move(name)), pool_(pool), progress_(std::move(progress)) {}

    awaitable<Restored> run(std::filesystem::path path);

private:
    void begin(std::filesystem::path path);
    void copy_listed(const FileEntry& file);
    awaitable<void> copy_object(const content::ObjectInfo& object);
    // Also the point at which a restore can be cancelled.
    awaitable<void> report(std::string_view phase, std::uint64_t done, std::uint64_t total);

    const Directory& source_;
    std::string name_;
    async::BlockingPool& pool_;
    Progress progress_;
    Objects objects_;
    std::optional<Target> target_;
    Damage damage_;
    std::uint64_t done_ = 0;
    Restored result_;
};

awaitable<Restored> Restoration::run(std::filesystem::path path) {
    co_await report("files", 0, 1);
    auto files = [this, path = std::move(path)] { begin(path); };
    co_await async::run_blocking(pool_, std::move(files));
    co_await report("objects", 0, objects_.size());
    std::span<const content::ObjectInfo> objects = objects_;
    std::function<awaitable<void>(const content::ObjectInfo&)> copy = [this](const content::ObjectInfo& object) {
        return copy_object(object);
    };
    co_await async::for_each_limit(objects, copies_at_once, std::move(copy));
    damage_.check(fmt::format("backup {} cannot be restored", result_.name),
                  "nothing was written; try an older backup, or delete the damaged files and back up again");
    auto finish = [this] { target_->finish(); };
    co_await async::run_blocking(pool_, std::move(finish));
    co_return result_;
}

awaitable<void> Restoration::report(std::string_view phase, std::uint64_t done, std::uint64_t total) {
    co_await async::check_cancelled();
    if (progress_)
        progress_({.phase = phase, .done = done, .total = total});
}

void Restoration::begin(std::filesystem::path path) {
    result_.name = source_.get_name(name_);
    Contents contents = source_.get_contents(result_.name);
    objects_ = source_.get_objects(result_.name);
    result_.objects = objects_.size();
    target_.emplace(std::move(path));
    for (const FileEntry& file : contents.files)
        if (file.name != "objects")
            copy_listed(file);
}

void Restoration::copy_listed(const FileEntry& file) {
    auto source = source_.backup(result_.name) / file.name;
    if (!std::filesystem::is_regular_file(source))
        throw Error(ErrorKind::corrupt, fmt::format("backup {} has lost its {}", result_.name, file.name));
    FileFacts copied = copy_file(source, target_->path() / source.filename(), private_mode);
    if (copied.digest != file.digest)
        throw Error(ErrorKind::corrupt, fmt::format("the file {} of backup {} is damaged", file.name, result_.name));
}

awaitable<void> Restoration::copy_object(const content::ObjectInfo& object) {
    auto copy = [this, &object]() -> std::optional<bool> {
        auto source = source_.objects().object(object.digest);
        auto target = content::StoreLayout{target_->path()}.object(object.digest);
        if (!std::filesystem::is_regular_file(source))
            return std::nullopt;
        io::create_directories(target.parent_path(), writing);
        return copy_file(source, target, object_mode, object.digest.algorithm()).digest == object.digest;
    };
    std::optional<bool> whole = co_await async::run_blocking(pool_, std::move(copy));
    if (!whole)
        damage_.add_missing(object.digest);
    else if (!*whole)
        damage_.add_damaged(object.digest);
    result_.bytes += object.size;
    co_await report("objects", ++done_, objects_.size());
}

} // namespace

awaitable<Restored> restore(const Directory& source, std::string name, std::filesystem::path target,
                            async::BlockingPool& pool, Progress progress) {
    Restoration restoration(source, std::move(name), pool, std::move(progress));
    co_return co_await restoration.run(std::move(target));
}

} // namespace cang::backup
