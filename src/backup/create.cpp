// How to copy a warehouse that people push to.
//
// Objects are immutable files under their digest, and a row that names one is committed only after the file is whole
// and synced. So this order needs no pause of the server, and no word with it:
//
//  1. Hold the files (warehouse/hold.hpp). A step of the collector that is under way ends first; from here on no file
//     goes away, while pushes and deletions go on. A removal commits its rows before it removes files, both unheld; so
//     now every file is there that a committed row names.
//  2. Copy the facts, as they are at one moment (sql/sqlite_file.hpp). What was acknowledged before is in them. Rows
//     that a deletion removes afterwards are in the copy, and their files stay: they are held.
//  3. Copy the files that the copied facts name and that no earlier backup brought. Each is read whole and compared
//     with its digest, also when a hard link then takes the place of its bytes.
//  4. Let go of the files; copy the keys. They are made before the first secret is sealed with them, so they fit facts
//     that are older than they are.
//  5. Sync everything, then rename the backup to its name.
//
// Files first and facts afterwards would not do: the files of what is pushed in between would be missing. Facts first
// without the hold would not do either: what is deleted and collected in between would be.
//
// A kill lets go of everything: the kernel takes back the locks, `partial` is emptied by the next backup, and objects
// under their names are whole.
#include "backup/create.hpp"

#include "async/for_each_limit.hpp"
#include "async/sleep.hpp"
#include "backup/damage.hpp"
#include "backup/file_copy.hpp"
#include "base/build.hpp"
#include "image/places/warehouse/data_directory.hpp"
#include "image/places/warehouse/hold.hpp"
#include "image/store/check_store.hpp"
#include "sql/sqlite_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <set>
#include <unistd.h>

namespace cang::backup {

namespace {

constexpr std::string_view writing = "writing the backup";
constexpr std::size_t copies_at_once = 4;
constexpr std::size_t page_size = 10'000;
constexpr unsigned private_mode = 0600;

Objects list_objects(const std::filesystem::path& database) {
    auto connection = sql::open_sqlite_read_only(database);
    Objects objects;
    store::RowId after = 0;
    for (std::size_t found = page_size; found == page_size;) {
        auto page = store::CheckStore(*connection).list_objects(after, page_size);
        found = page.size();
        after = page.empty() ? after : page.back().id;
        for (store::ObjectRow& row : page)
            objects.push_back({std::move(row.digest), row.size});
    }
    std::ranges::sort(objects, {}, &content::ObjectInfo::digest);
    return objects;
}

bool has_size(const std::filesystem::path& file, std::uint64_t size) {
    std::error_code absent;
    auto found = std::filesystem::file_size(file, absent);
    return !absent && found == size;
}

void sync(const std::filesystem::path& file) { io::sync_file(io::open_file(file, O_RDONLY, writing), writing); }

class Creation {
public:
    Creation(Directory& target, std::filesystem::path data_directory, const Clock& clock, async::BlockingPool& pool,
             Progress progress)
        : target_(target), source_{std::move(data_directory)}, clock_(clock), pool_(pool),
          progress_(std::move(progress)), partial_(target.partial() / "backup") {}

    awaitable<Created> run();

private:
    void copy_facts();
    awaitable<void> copy_objects();
    awaitable<void> copy_object(const content::ObjectInfo& object);
    bool put_object(const content::ObjectInfo& object);
    void copy_files();
    void publish();
    void add_file(std::string name, const FileFacts& facts) {
        contents_.files.push_back({std::move(name), facts.size, facts.digest});
    }
    // Also the point at which a backup can be cancelled.
    awaitable<void> report(std::string_view phase, std::uint64_t done, std::uint64_t total);

    Directory& target_;
    content::StoreLayout source_;
    const Clock& clock_;
    async::BlockingPool& pool_;
    Progress progress_;
    std::filesystem::path partial_;
    Contents contents_;
    Objects objects_;
    Objects missing_; // at the target
    Damage damage_;
    std::uint64_t done_ = 0;
    Created result_;
};

awaitable<Created> Creation::run() {
    co_await report("database", 0, 1);
    auto hold_files = [this] {
        warehouse::DataDirectory::require(source_.root);
        return warehouse::Hold::keep_files(source_.root);
    };
    std::optional<warehouse::Hold> hold = co_await async::run_blocking(pool_, std::move(hold_files));
    auto facts = [this] { copy_facts(); };
    co_await async::run_blocking(pool_, std::move(facts));
    co_await copy_objects();
    hold.reset();
    damage_.check("the data directory cannot be backed up",
                  "`cang fsck --deep` tells which images need them: delete or push those again");
    co_await report("files", 0, 1);
    auto rest = [this] {
        copy_files();
        publish();
    };
    co_await async::run_blocking(pool_, std::move(rest));
    co_return result_;
}

awaitable<void> Creation::report(std::string_view phase, std::uint64_t done, std::uint64_t total) {
    co_await async::check_cancelled();
    if (progress_)
        progress_({.phase = phase, .done = done, .total = total});
}

void Creation::copy_facts() {
    io::create_directories(partial_ / "files", writing);
    contents_.created_at = clock_.now();
    contents_.version = build_version();
    auto database = partial_ / "cang.db";
    sql::copy_sqlite(source_.root / "cang.db", database);
    std::filesystem::permissions(database, std::filesystem::perms(private_mode));
    sync(database);
    FileFacts facts = read_file_facts(database);
    result_.database_bytes = facts.size;
    add_file("cang.db", facts);
    objects_ = list_objects(database);
    for (const content::ObjectInfo& object : objects_) {
        contents_.bytes += object.size;
        if (!has_size(target_.objects().object(object.digest), object.size))
            missing_.push_back(object);
    }
    contents_.objects = objects_.size();
    io::atomic_write_file(partial_ / "objects", as_bytes(print_objects(objects_)), writing, private_mode);
    add_file("objects", read_file_facts(partial_ / "objects"));
}

awaitable<void> Creation::copy_objects() {
    co_await report("objects", 0, missing_.size());
    std::span<const content::ObjectInfo> missing = missing_;
    std::function<awaitable<void>(const content::ObjectInfo&)> copy = [this](const content::ObjectInfo& object) {
        return copy_object(object);
    };
    co_await async::for_each_limit(missing, copies_at_once, std::move(copy));
    auto sync_directories = [this] {
        std::set<std::filesystem::path> changed;
        for (const content::ObjectInfo& object : missing_)
            changed.insert(target_.objects().object_directory(object.digest));
        for (const std::filesystem::path& directory : changed)
            for (const auto& one : {directory, directory.parent_path(), directory.parent_path().parent_path()})
                if (std::filesystem::exists(one))
                    io::sync_directory(one, writing);
    };
    co_await async::run_blocking(pool_, std::move(sync_directories));
}

awaitable<void> Creation::copy_object(const content::ObjectInfo& object) {
    auto put = [this, &object] { return std::filesystem::exists(source_.object(object.digest)) && put_object(object); };
    bool whole = co_await async::run_blocking(pool_, std::move(put));
    if (whole) {
        ++result_.new_objects;
        result_.new_bytes += object.size;
    } else if (std::filesystem::exists(source_.object(object.digest))) {
        damage_.add_damaged(object.digest);
    } else {
        damage_.add_missing(object.digest);
    }
    co_await report("objects", ++done_, missing_.size());
}

// False when the bytes are not what the digest says; then nothing is there.
bool Creation::put_object(const content::ObjectInfo& object) {
    auto source = source_.object(object.digest);
    auto target = target_.objects().object(object.digest);
    auto aside = target_.partial() / object.digest.hex();
    io::create_directories(target.parent_path(), writing);
    FileFacts facts;
    if (::link(source.c_str(), aside.c_str()) == 0) {
        facts = read_file_facts(aside, object.digest.algorithm());
    } else { // another filesystem, or files of another user
        facts = copy_file(source, aside, private_mode, object.digest.algorithm());
        sync(aside);
    }
    if (facts.digest != object.digest || facts.size != object.size) {
        io::remove_file(aside, writing);
        return false;
    }
    io::rename_file(aside, target, writing);
    return true;
}

void Creation::copy_files() {
    for (const auto& entry : std::filesystem::directory_iterator(source_.root)) {
        std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || !is_kept_file(name))
            continue;
        auto target = partial_ / "files" / name;
        add_file("files/" + name, copy_file(entry.path(), target, private_mode));
        sync(target);
    }
    io::sync_directory(partial_ / "files", writing);
    std::ranges::sort(contents_.files, {}, &FileEntry::name);
    io::atomic_write_file(partial_ / "manifest.json", as_bytes(print_contents(contents_)), writing, private_mode);
}

// Under a name that comes after all others, also when the clock was put back: the newest stays the newest.
void Creation::publish() {
    Timestamp time = contents_.created_at;
    std::vector<std::string> earlier = target_.list();
    if (!earlier.empty())
        time = std::max(time, *find_time(earlier.back()) + std::chrono::milliseconds(1));
    result_.name = name_of(time);
    result_.objects = contents_.objects;
    result_.bytes = contents_.bytes;
    io::rename_file(partial_, target_.backup(result_.name), writing);
    io::sync_directory(target_.backups(), writing);
}

} // namespace

awaitable<Created> create(Directory& target, std::filesystem::path data_directory, const Clock& clock,
                          async::BlockingPool& pool, Progress progress) {
    Creation creation(target, std::move(data_directory), clock, pool, std::move(progress));
    co_return co_await creation.run();
}

} // namespace cang::backup
