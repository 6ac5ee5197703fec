#include "backup/prune.hpp"
#include "backup/restore.hpp"
#include "image/places/warehouse/hold.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"

#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace cang::backup {
namespace {

using cang::testing::run_async;
using warehouse::make_image;
using warehouse::push_image;
using warehouse::SmallImage;

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::remove(path); // it may be a link
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::size_t count_files(const std::filesystem::path& directory) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
        count += entry.is_regular_file() ? 1 : 0;
    return count;
}

// A warehouse that stays open, as that of a server does.
class BackupTest : public warehouse::WarehouseFixture {
protected:
    awaitable<void> push(std::string repository, SmallImage image) {
        return push_image(*warehouse, std::move(repository), std::move(image), {"latest"});
    }
    awaitable<Created> back_up() {
        auto target = Directory::open_to_write(backups);
        clock.advance(std::chrono::milliseconds(1));
        co_return co_await create(target, directory.path(), clock, pool);
    }
    awaitable<Restored> restore_to(std::filesystem::path target, std::string name = {}) {
        auto source = Directory::open_to_read(backups);
        co_return co_await restore(source, std::move(name), std::move(target), pool);
    }
    awaitable<std::string> failure_of(awaitable<Restored> action) {
        auto run = [](awaitable<Restored> inner) -> awaitable<void> { co_await std::move(inner); };
        auto error = co_await warehouse::error_of(run(std::move(action)));
        co_return error ? error->message() : "nothing was thrown";
    }
    awaitable<void> expect_serves(std::filesystem::path data, std::string repository, oci::Digest digest) {
        warehouse::Warehouse served({.data_directory = data}, clock, pool);
        auto found = co_await served.find_manifest(repository, "latest");
        EXPECT_TRUE(found && found->digest == digest) << repository;
        auto result = co_await warehouse::check(served, true);
        EXPECT_TRUE(result.problems.empty());
    }
    std::filesystem::path object(const std::string& bytes) const {
        return content::StoreLayout{backups}.object(oci::Digest::of(std::string_view(bytes)));
    }

    cang::testing::TempDir elsewhere;
    std::filesystem::path backups = elsewhere / "backups";
    std::filesystem::path restored = elsewhere / "restored";
};

TEST_F(BackupTest, RestoresAWarehouseThatIsInUse) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push("team/a", image);
        write_file(directory / "token.key", "the key");
        write_file(directory / "token.key.part", "half a ");
        Created created = co_await back_up();
        EXPECT_EQ(created.objects, 4u);
        EXPECT_EQ(created.new_objects, 4u);
        co_await push("team/b", make_image("b"));
        Restored result = co_await restore_to(restored);
        EXPECT_EQ(result.name, created.name);
        EXPECT_EQ(result.objects, 4u);
        EXPECT_EQ(result.bytes, created.bytes);
        EXPECT_EQ(read_file(restored / "token.key"), "the key");
        EXPECT_FALSE(std::filesystem::exists(restored / "token.key.part"));
        EXPECT_FALSE(std::filesystem::exists(restored / "restoring"));
        co_await expect_serves(restored, "team/a", image.manifest.digest());
    });
}

TEST_F(BackupTest, KeepsKeysAndFactsFromOthers) {
    run_async([&]() -> awaitable<void> {
        write_file(directory / "secrets.key", "the key");
        Created created = co_await back_up();
        for (const char* name : {"cang.db", "files/secrets.key", "manifest.json", "objects"}) {
            struct stat status{};
            EXPECT_EQ(::stat((backups / "backups" / created.name / name).c_str(), &status), 0) << name;
            EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
        }
        co_await restore_to(restored);
        struct stat status{};
        EXPECT_EQ(::stat((restored / "secrets.key").c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u);
    });
}

TEST_F(BackupTest, CopiesOnlyWhatIsNew) {
    run_async([&]() -> awaitable<void> {
        co_await push("a", make_image("a"));
        co_await back_up();
        SmallImage second = make_image("b");
        co_await push("b", second);
        Created created = co_await back_up();
        EXPECT_EQ(created.objects, 7u);
        EXPECT_EQ(created.new_objects, 3u); // the base layer is there
        EXPECT_EQ(created.new_bytes, second.blobs[0].size() + second.blobs[1].size() + second.manifest.bytes().size());
        EXPECT_EQ(count_files(backups / "blobs"), 7u);
        EXPECT_TRUE(std::filesystem::is_empty(backups / "partial"));
    });
}

TEST_F(BackupTest, RestoresTheOneThatIsNamed) {
    run_async([&]() -> awaitable<void> {
        SmallImage old = make_image("old");
        co_await push("a", old);
        Created first = co_await back_up();
        co_await push("a", make_image("new"));
        co_await back_up();
        co_await restore_to(restored, first.name);
        co_await expect_serves(restored, "a", old.manifest.digest());
        std::string unknown = co_await failure_of(restore_to(elsewhere / "other", "20200101T000000.000Z"));
        EXPECT_TRUE(unknown.starts_with("there is no backup 20200101T000000.000Z in ")) << unknown;
    });
}

TEST_F(BackupTest, TheNewestIsTheLastAlsoWhenTheClockWasPutBack) {
    run_async([&]() -> awaitable<void> {
        Created first = co_await back_up();
        clock.advance(-std::chrono::hours(24));
        Created second = co_await back_up();
        EXPECT_LT(first.name, second.name);
        EXPECT_EQ(Directory::open_to_read(backups).get_name(""), second.name);
    });
}

TEST_F(BackupTest, ReportsEveryDamagedBlobAndLeavesNothingBehind) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push("a", image);
        Created created = co_await back_up();
        write_file(object(image.blobs[0]), "other bytes");
        std::filesystem::remove(object(image.blobs[1]));
        std::string message = co_await failure_of(restore_to(restored));
        EXPECT_TRUE(message.starts_with("backup " + created.name + " cannot be restored: ")) << message;
        EXPECT_NE(message.find(oci::Digest::of(std::string_view(image.blobs[0])).to_string() + " is damaged"),
                  message.npos)
            << message;
        EXPECT_NE(message.find(oci::Digest::of(std::string_view(image.blobs[1])).to_string() + " is missing"),
                  message.npos)
            << message;
        EXPECT_FALSE(std::filesystem::exists(restored));
    });
}

TEST_F(BackupTest, ReportsDamagedFacts) {
    run_async([&]() -> awaitable<void> {
        co_await push("a", make_image("a"));
        Created created = co_await back_up();
        auto facts = backups / "backups" / created.name / "cang.db";
        std::string bytes = read_file(facts);
        bytes.back() = static_cast<char>(bytes.back() + 1);
        write_file(facts, bytes);
        std::string message = co_await failure_of(restore_to(restored));
        EXPECT_EQ(message, "the file cang.db of backup " + created.name + " is damaged");
        EXPECT_FALSE(std::filesystem::exists(restored));
        write_file(backups / "backups" / created.name / "objects", "");
        message = co_await failure_of(restore_to(restored));
        EXPECT_EQ(message, "the list of objects of backup " + created.name + " is damaged");
    });
}

TEST_F(BackupTest, RestoresIntoANewDirectoryOnly) {
    run_async([&]() -> awaitable<void> {
        co_await back_up();
        std::filesystem::create_directories(restored);
        write_file(restored / "mine", "");
        std::string message = co_await failure_of(restore_to(restored));
        EXPECT_TRUE(message.starts_with(restored.string() + " is not empty\n")) << message;
        EXPECT_TRUE(std::filesystem::exists(restored / "mine"));
        std::filesystem::remove(restored / "mine");
        co_await restore_to(restored);
    });
}

TEST_F(BackupTest, NobodyOpensWhatWasNotRestoredToItsEnd) {
    std::filesystem::create_directories(restored);
    write_file(restored / "restoring", "");
    try {
        warehouse::Warehouse half({.data_directory = restored}, clock, pool);
        FAIL() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(),
                  "the restore into " + restored.string() + " did not end\nremove the directory and restore again");
    }
}

TEST_F(BackupTest, ADamagedWarehouseIsNotBackedUpSilently) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push("a", image);
        co_await back_up();
        SmallImage second = make_image("b");
        co_await push("a", second);
        content::StoreLayout data{directory.path()};
        write_file(data.object(oci::Digest::of(std::string_view(second.blobs[1]))), "layer of X");
        auto run = [this]() -> awaitable<void> { co_await back_up(); };
        auto error = co_await warehouse::error_of(run());
        EXPECT_EQ(error->kind(), ErrorKind::corrupt);
        EXPECT_TRUE(error->message().starts_with("the data directory cannot be backed up: " +
                                                 oci::Digest::of(std::string_view(second.blobs[1])).to_string() +
                                                 " is damaged\n"))
            << error->message();
        EXPECT_EQ(Directory::open_to_read(backups).list().size(), 1u);
        EXPECT_FALSE(std::filesystem::exists(object(second.blobs[1])));
        EXPECT_TRUE(std::filesystem::exists(object(second.blobs[0])));
    });
}

TEST_F(BackupTest, PruningKeepsTheNewestAndWhatTheyNeed) {
    run_async([&]() -> awaitable<void> {
        co_await push("a", make_image("a"));
        Created first = co_await back_up();
        co_await warehouse->delete_repository("a");
        SmallImage image = make_image("b");
        co_await push("b", image);
        clock.advance(std::chrono::hours(2));
        warehouse::CollectOptions untagged;
        untagged.untagged = true;
        co_await warehouse::collect(*warehouse, untagged);
        Created second = co_await back_up();
        EXPECT_EQ(count_files(backups / "blobs"), 7u);
        auto target = Directory::open_to_write(backups);
        Pruned pruned = co_await prune(target, 1, pool);
        EXPECT_EQ(pruned.names, std::vector<std::string>{first.name});
        EXPECT_EQ(pruned.objects, 3u);
        EXPECT_EQ(target.list(), std::vector<std::string>{second.name});
        EXPECT_EQ(count_files(backups / "blobs"), 4u);
        co_await restore(target, "", restored, pool);
        co_await expect_serves(restored, "b", image.manifest.digest());
    });
}

TEST_F(BackupTest, PruningRemovesNoObjectWhileAListCannotBeRead) {
    run_async([&]() -> awaitable<void> {
        co_await push("a", make_image("a"));
        co_await back_up();
        Created second = co_await back_up();
        write_file(backups / "backups" / second.name / "objects", "");
        auto target = Directory::open_to_write(backups);
        auto run = [&]() -> awaitable<void> { co_await prune(target, 1, pool); };
        auto error = co_await warehouse::error_of(run());
        EXPECT_EQ(error->message(), "the list of objects of backup " + second.name + " is damaged");
        EXPECT_EQ(count_files(backups / "blobs"), 4u);
    });
}

TEST_F(BackupTest, CollectionsWaitUntilItHasTheFiles) {
    run_async([&]() -> awaitable<void> {
        SmallImage image = make_image("a");
        co_await push("a", image);
        auto target = Directory::open_to_write(backups);
        std::vector<std::string> refusals;
        Progress progress = [&](const warehouse::CollectProgress& now) {
            if (now.phase == "database")
                return;
            try {
                warehouse::Hold::remove_files(directory.path());
                refusals.emplace_back("removed");
            } catch (const Error& error) {
                refusals.push_back(error.message());
            }
        };
        co_await create(target, directory.path(), clock, pool, progress);
        EXPECT_GE(refusals.size(), 3u);
        EXPECT_EQ(refusals.front(), "a backup is being made: nothing is collected until it has ended");
        EXPECT_EQ(refusals.back(), "removed"); // while the keys are copied
    });
}

TEST_F(BackupTest, OneAtATimeUsesADirectory) {
    auto first = Directory::open_to_write(backups);
    for (auto open : {&Directory::open_to_write, &Directory::open_to_read})
        try {
            open(backups);
            FAIL() << "opened twice";
        } catch (const Error& error) {
            EXPECT_EQ(error.message(),
                      "another backup or restore is using " + backups.string() + "\ntry again when it has ended");
        }
}

TEST_F(BackupTest, ADirectoryOfSomethingElseIsLeftAlone) {
    std::filesystem::create_directories(backups);
    write_file(backups / "mine", "");
    try {
        Directory::open_to_write(backups);
        FAIL() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), backups.string() + " is not empty and holds no backups\nname a new directory");
    }
    EXPECT_EQ(count_files(backups), 1u);
}

TEST_F(BackupTest, OnlyADataDirectoryIsBackedUp) {
    run_async([&]() -> awaitable<void> {
        auto target = Directory::open_to_write(backups);
        auto run = [&]() -> awaitable<void> { co_await create(target, elsewhere.path(), clock, pool); };
        auto error = co_await warehouse::error_of(run());
        EXPECT_EQ(error->message(), elsewhere.path().string() + " is no data directory of cang");
        write_file(elsewhere / "format", "1\n");
        error = co_await warehouse::error_of(run());
        EXPECT_EQ(error->message(), "the data directory " + elsewhere.path().string() +
                                        " has no cang.db: back up PostgreSQL with its own tools");
    });
}

TEST(BackupName, IsTheTime) {
    auto time = parse_rfc3339("2026-11-26T05:49:17.123Z");
    EXPECT_EQ(name_of(*time), "20261126T054917.123Z");
    EXPECT_EQ(find_time("20261126T054917.123Z"), *time);
    for (const char* name :
         {"", "20261126T054917Z", "20261126T054917.123z", "20261326T054917.123Z", ".partial", "20261126-054917.123Z"})
        EXPECT_EQ(find_time(name), std::nullopt) << name;
}

} // namespace
} // namespace cang::backup
