#include "cli/command_fixture.hpp"
#include "image/copy.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/memory/memory_place.hpp"
#include "image/random.hpp"
#include "testing/run_async.hpp"

#include <boost/asio/thread_pool.hpp>
#include <fstream>

namespace cang::cli {
namespace {

class Commands : public CommandTest {
protected:
    // Writes an image into a layout directory; returns its digest.
    std::string write_layout(const std::string& name, const std::string& tag, const image::ImageContent& content) {
        asio::thread_pool pool(1);
        oci::Reference reference;
        reference.repository = "source";
        reference.tag = tag;
        oci::Reference target;
        target.tag = tag;
        std::string digest;
        cang::testing::run_async([&]() -> awaitable<void> {
            image::MemoryPlace memory;
            memory.add(reference, content);
            layout::LayoutSink sink(path(name), pool);
            image::CopyProgress silent;
            image::CopyOptions options;
            auto result = co_await image::copy(memory, reference, sink, target, options, silent);
            digest = result.root.digest.to_string();
        });
        return digest;
    }

    std::string write_random(const std::string& name, const std::string& tag, std::uint64_t seed = 1) {
        return write_layout(name, tag, image::random_image({.seed = seed}));
    }
};

TEST_F(Commands, WithoutCommandPrintsHelpAndFails) {
    auto outcome = run({});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("Commands:"), std::string::npos);
}

TEST_F(Commands, UnknownWordsAreUsageErrors) {
    auto outcome = run({"cpoy"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: unknown command \"cpoy\"\nhint: `cang --help` lists the commands\n");
    outcome = run({"tags", "app", "--frob"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: unexpected argument \"--frob\"\n"
                           "hint: `cang tags --help` tells its options and arguments\n");
    outcome = run({"copy", "a"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: TARGET is required\nhint: `cang copy --help` tells its options and arguments\n");
}

TEST_F(Commands, UsageErrorsAreJsonWithJson) {
    auto outcome = run({"--json", "cpoy"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(boost::json::serialize(outcome.json()["error"].as_object()["message"]), R"("unknown command \"cpoy\"")");
}

TEST_F(Commands, ABareNameNeedsAWarehouse) {
    auto outcome = run({"inspect", "app:v1"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(
        outcome.err,
        "cang: app:v1 is a name of the warehouse, and neither --server nor --data says which\n"
        "hint: set --server URL or --data DIR (or CANG_SERVER, CANG_DATA), or write docker://HOST/REPOSITORY:TAG\n");
}

TEST_F(Commands, ServerAndDataExcludeEachOther) {
    auto outcome = run({"inspect", "app:v1", "--server", "http://127.0.0.1:1", "--data", path("data")});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: --server and --data exclude each other\n");
}

TEST_F(Commands, CopyThroughTheWarehouseKeepsTheDigest) {
    auto digest = write_random("in", "v1");
    auto data = path("data");
    auto outcome = run({"copy", "oci:" + path("in") + ":v1", "team/app:v1", "--data", data, "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_EQ(outcome.text("digest"), digest);
    EXPECT_EQ(outcome.text("target"), "team/app:v1");
    EXPECT_FALSE(outcome.json()["unchanged"].as_bool());

    outcome = run({"copy", "oci:" + path("in") + ":v1", "team/app:v1", "--data", data});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, digest + " unchanged\n");

    environment_["CANG_DATA"] = data;
    outcome = run({"copy", "team/app:v1", "oci-archive:" + path("out.tar") + ":v1", "--quiet"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.out.starts_with(digest + " copied: ")) << outcome.out;
    EXPECT_EQ(outcome.err, "");
    outcome = run({"inspect", "oci-archive:" + path("out.tar"), "--json"});
    EXPECT_EQ(outcome.text("digest"), digest);
}

TEST_F(Commands, InspectShowsManifestAndConfigAsTheyAre) {
    auto digest = write_random("in", "v1");
    auto place = "oci:" + path("in") + ":v1";
    auto raw = run({"inspect", place, "--raw"});
    EXPECT_EQ(oci::Digest::of(std::string_view(raw.out)).to_string(), digest);
    auto config = run({"inspect", place, "--config"});
    EXPECT_TRUE(boost::json::parse(config.out).is_object());
    auto text = run({"inspect", place});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_NE(text.out.find("Digest:     " + digest), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("Layers:     "), std::string::npos) << text.out;
}

TEST_F(Commands, WhatIsMissingIsExitCodeTwo) {
    write_random("in", "v1");
    auto outcome = run({"inspect", "oci:" + path("in") + ":v2"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: oci:" + path("in") + ":v2 does not exist\n");
    EXPECT_EQ(run({"inspect", "oci:" + path("nowhere")}).code, 2);
    EXPECT_EQ(run({"tags", "app", "--data", path("data")}).code, 2);
}

TEST_F(Commands, TagsPageByLimitAndLast) {
    for (const auto* tag : {"a", "b", "c"}) {
        write_random("in", tag);
        ASSERT_EQ(
            run({"copy", "oci:" + path("in") + ":" + tag, std::string("app:") + tag, "--data", path("data")}).code, 0);
    }
    environment_["CANG_DATA"] = path("data");
    EXPECT_EQ(run({"tags", "app"}).out, "a\nb\nc\n");
    EXPECT_EQ(run({"tags", "app", "--limit", "2"}).out, "a\nb\n");
    EXPECT_EQ(run({"tags", "app", "--limit", "2", "--last", "b"}).out, "c\n");
    EXPECT_EQ(run({"tags", "app", "--json"}).out, "{\"repository\":\"app\",\"tags\":[\"a\",\"b\",\"c\"]}\n");
}

TEST_F(Commands, DeleteAsksOrIsTold) {
    write_random("in", "v1");
    environment_["CANG_DATA"] = path("data");
    run({"copy", "oci:" + path("in") + ":v1", "app:v1"});
    auto refused = run({"delete", "app:v1"});
    EXPECT_EQ(refused.code, 3);
    EXPECT_EQ(refused.err, "cang: deleting needs --yes when standard input is no terminal\n"
                           "hint: add --yes to the command\n");
    EXPECT_EQ(run({"delete", "app", "--yes"}).code, 3);
    terminal_ = true;
    input_ = "n\n";
    auto declined = run({"delete", "app:v1"});
    EXPECT_EQ(declined.code, 1);
    EXPECT_EQ(declined.err, "Delete app:v1? [y/N] cang: nothing was deleted\n");
    input_ = "y\n";
    EXPECT_EQ(run({"delete", "app:v1"}).out, "deleted app:v1\n");
    EXPECT_EQ(run({"delete", "app:v1", "--yes"}).code, 2);
}

TEST_F(Commands, DeletedBytesAreFreedByTheCollection) {
    write_random("in", "v1");
    environment_["CANG_DATA"] = path("data");
    run({"copy", "oci:" + path("in") + ":v1", "app:v1"});
    run({"delete", "app:v1", "--yes"});
    auto kept = run({"gc", "--untagged", "--dry-run", "--json"});
    EXPECT_EQ(kept.number("bytes"), 0) << "within the grace period";
    auto planned = run({"gc", "--untagged", "--dry-run", "--json", "--grace", "0"});
    EXPECT_GT(planned.number("bytes"), 0);
    auto freed = run({"gc", "--untagged", "--json", "--grace", "0"});
    EXPECT_EQ(freed.number("bytes"), planned.number("bytes"));
    auto checked = run({"fsck", "--deep"});
    EXPECT_EQ(checked.code, 0) << checked.out;
    EXPECT_TRUE(checked.out.ends_with(" clean\n")) << checked.out;
}

TEST_F(Commands, FsckFindsADamagedObject) {
    write_random("in", "v1");
    environment_["CANG_DATA"] = path("data");
    run({"copy", "oci:" + path("in") + ":v1", "app:v1"});
    std::size_t damaged = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_ / "data" / "blobs"))
        if (entry.is_regular_file() && entry.file_size() > 2000 && damaged++ == 0) {
            std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
            std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
            file.put('\xff');
            file.put('\xfe');
        }
    ASSERT_GT(damaged, 0U);
    auto outcome = run({"fsck", "--deep"});
    EXPECT_EQ(outcome.code, 1) << outcome.out;
    EXPECT_NE(outcome.out.find("object corrupt"), std::string::npos) << outcome.out;
}

TEST_F(Commands, ABackupIsListedAndRestored) {
    write_random("in", "v1");
    environment_["CANG_DATA"] = path("data");
    run({"copy", "oci:" + path("in") + ":v1", "app:v1"});
    auto made = run({"backup", path("backups"), "--json"});
    EXPECT_EQ(made.code, 0) << made.out;
    EXPECT_EQ(made.number("newBytes"), made.number("bytes"));
    auto second = run({"backup", path("backups"), "--keep", "1"});
    EXPECT_NE(second.out.find("\nnew in it: 0 objects, 0 B, and the database, "), std::string::npos) << second.out;
    EXPECT_TRUE(second.out.ends_with("removed 1 old backups and 0 objects, 0 B\n")) << second.out;
    auto listed = run({"backup", "--list", path("backups")});
    EXPECT_TRUE(second.out.starts_with("backup " + listed.out.substr(0, listed.out.find(' ')) + ": ")) << listed.out;
    auto restored = run({"restore", path("backups"), "--data", path("restored"), "--json"});
    EXPECT_EQ(restored.number("objects"), made.number("objects")) << restored.out;
    auto checked = run({"fsck", "--deep", "--data", path("restored")});
    EXPECT_TRUE(checked.out.ends_with(" clean\n")) << checked.out;
    EXPECT_EQ(run({"inspect", "app:v1", "--data", path("restored")}).code, 0);
}

TEST_F(Commands, ABackupNeedsADataDirectory) {
    auto outcome = run({"backup", path("backups")});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: the data directory is missing\nhint: set --data DIR or CANG_DATA\n");
}

TEST_F(Commands, DiffTellsLayersApart) {
    write_random("in", "v1", 1);
    write_random("in", "v2", 2);
    auto place = "oci:" + path("in");
    EXPECT_EQ(run({"diff", place + ":v1", place + ":v1"}).out, "no difference\n");
    auto outcome = run({"diff", place + ":v1", place + ":v2", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(outcome.json()["equal"].as_bool());
    EXPECT_FALSE(outcome.json()["added"].as_array().empty());
}

TEST_F(Commands, ExportAndImportCarrySeveralImages) {
    environment_["CANG_DATA"] = path("data");
    for (const auto* tag : {"v1", "v2"}) {
        write_random("in", tag, tag[1]);
        ASSERT_EQ(run({"copy", "oci:" + path("in") + ":" + tag, std::string("team/app:") + tag}).code, 0);
    }
    for (const std::string kind : {"docker-archive", "oci-archive", "oci"}) {
        auto archive = kind + ":" + path(kind + "-file");
        auto exported = run({"export", "team/app:v1", "team/app:v2", "--to", archive});
        ASSERT_EQ(exported.code, 0) << kind << exported.err;
        auto data = path(kind + "-data");
        auto imported = run({"import", archive, "--data", data});
        ASSERT_EQ(imported.code, 0) << kind << imported.err;
        EXPECT_EQ(run({"tags", "team/app", "--data", data}).out, "v1\nv2\n") << kind;
        auto one = run({"import", archive, "--image", "team/app:v2", "--as", "other:x", "--data", data});
        EXPECT_EQ(one.code, 0) << kind << one.err;
        EXPECT_EQ(run({"tags", "other", "--data", data}).out, "x\n") << kind;
        EXPECT_EQ(run({"import", archive, "--as", "other:x", "--data", data}).code, 3) << kind;
        EXPECT_EQ(run({"import", archive, "--image", "nothing:v1", "--data", data}).code, 2) << kind;
    }
}

TEST_F(Commands, AFailedExportLeavesNoFile) {
    write_random("in", "v1");
    auto outcome = run(
        {"export", "oci:" + path("in") + ":v1", "oci:" + path("in") + ":v9", "--to", "oci-archive:" + path("out.tar")});
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(path("out.tar")));
}

TEST_F(Commands, SyncReportsItemByItem) {
    environment_["CANG_DATA"] = path("data");
    for (const auto* tag : {"1.0", "1.1", "2.0"}) {
        write_random("in", tag);
        ASSERT_EQ(run({"copy", "oci:" + path("in") + ":" + tag, std::string("team/app:") + tag}).code, 0);
    }
    std::ofstream(path("sync.yaml")) << "sync: [{source: team/app, tags: [{semver: 1.*}], target: mirror}]\n";
    auto planned = run({"sync", "--config", path("sync.yaml"), "--dry-run"});
    EXPECT_EQ(planned.code, 0) << planned.err;
    EXPECT_NE(planned.out.find("2 to copy, 0 unchanged, 0 failed"), std::string::npos) << planned.out;
    EXPECT_EQ(run({"tags", "mirror/team/app"}).code, 2);
    auto first = run({"sync", "--config", path("sync.yaml"), "--json"});
    EXPECT_EQ(first.number("copied"), 2) << first.out << first.err;
    auto second = run({"sync", "--config", path("sync.yaml"), "--json"});
    EXPECT_EQ(second.number("unchanged"), 2);
    EXPECT_EQ(run({"tags", "mirror/team/app"}).out, "1.0\n1.1\n");

    std::ofstream(path("bad.yaml")) << "sync: [{source: team/app, tags: [1.0, nope], target: more}]\n";
    auto partly = run({"sync", "--config", path("bad.yaml"), "--json"});
    EXPECT_EQ(partly.code, 1);
    EXPECT_EQ(partly.number("copied"), 1) << partly.out;
    EXPECT_EQ(partly.number("failed"), 1) << partly.out;
}

TEST_F(Commands, AMissingSyncFileIsNotFound) {
    auto outcome = run({"sync", "--config", path("none.yaml")});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: opening " + path("none.yaml") + ": No such file or directory\n");
}

TEST_F(Commands, LoginWithoutTerminalNeedsStdin) {
    auto outcome = run({"login", "registry.example.com", "-u", "me"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: there is no terminal to ask for the password\nhint: pass it with --password-stdin\n");
    outcome = run({"login", "https://registry.example.com", "-u", "me", "--password-stdin"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: REGISTRY \"https://registry.example.com\" is not HOST[:PORT]\n");
}

TEST_F(Commands, LogoutOfAnUnknownRegistryIsNotFound) {
    auto outcome = run({"logout", "registry.example.com", "--authfile", path("auth.json")});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: not logged in to registry.example.com\n");
}

TEST_F(Commands, CredentialsNeverShow) {
    auto outcome = run({"inspect", "docker://127.0.0.1:1/app:v1", "--creds", "me:hunter2", "--tls-verify=false"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ((outcome.out + outcome.err).find("hunter2"), std::string::npos);
    outcome = run({"inspect", "app:v1", "--server", "http://me:hunter2@127.0.0.1:1"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ((outcome.out + outcome.err).find("hunter2"), std::string::npos);
}

TEST_F(Commands, VersionNamesItsParts) {
    auto outcome = run({"version", "--json"});
    EXPECT_EQ(outcome.text("version"), CANG_VERSION);
    EXPECT_TRUE(outcome.json()["libraries"].as_object().contains("openssl"));
    EXPECT_TRUE(run({"--version"}).out.starts_with("cang "));
}

TEST_F(Commands, PlatformAndAllExcludeEachOther) {
    auto outcome = run({"copy", "a:v1", "b:v1", "--all", "--platform", "linux/amd64", "--data", path("data")});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: --all and --platform exclude each other\n");
}

TEST_F(Commands, OptionsAreFollowedByPositionals) {
    write_random("in", "v1");
    auto outcome =
        run({"copy", "--platform", "linux/amd64", "oci:" + path("in") + ":v1", "oci:" + path("out") + ":v1"});
    EXPECT_TRUE(outcome.code == 0 || outcome.err.find("platform") != std::string::npos) << outcome.err;
}

} // namespace
} // namespace cang::cli
