#include "backup/contents.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::backup {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

std::string manifest_with(const std::string& names) {
    return fmt::format(R"({{"format":1,"createdAt":"2026-11-26T05:49:17.123Z","objects":0,"bytes":0,"files":[{}]}})",
                       names);
}

std::string file(const std::string& name) {
    return fmt::format(R"({{"name":"{}","size":1,"digest":"{}"}})", name, digest);
}

std::string reason(const std::string& json) {
    auto contents = parse_contents(json);
    return contents ? "" : contents.error().reason;
}

const std::string needed = file("cang.db") + "," + file("objects");

TEST(Contents, AreReadBackAsTheyWerePrinted) {
    Contents contents{
        .created_at = *parse_rfc3339("2026-11-26T05:49:17.123Z"), .version = "0.1.0", .objects = 2, .bytes = 3};
    contents.files = {{"cang.db", 7, oci::Digest::of("facts")},
                      {"files/token.key", 8, oci::Digest::of("key")},
                      {"objects", 9, oci::Digest::of("list")}};
    auto read = parse_contents(print_contents(contents));
    ASSERT_TRUE(read) << read.error().reason;
    EXPECT_EQ(print_contents(*read), print_contents(contents));
    EXPECT_EQ(read->find("files/token.key")->size, 8u);
    EXPECT_EQ(read->find("token.key"), nullptr);
}

TEST(Contents, LeadNowhereElse) {
    EXPECT_EQ(reason(manifest_with(needed)), "");
    for (const char* name : {"files/../token.key", "files/a/b", "files/", "files/.", "files/..", "/etc/passwd",
                             "manifest.json", "files/lock", "files/cang.db-wal", "files/restoring", "files/blobs"})
        EXPECT_EQ(reason(manifest_with(needed + "," + file(name))), "files[2].name is no file of a backup") << name;
    EXPECT_EQ(reason(manifest_with(needed + "," + file("objects"))), "files[2].name is there twice");
}

TEST(Contents, NeedFactsAndAListOfObjects) {
    EXPECT_EQ(reason(manifest_with(file("objects"))), "files lacks cang.db or objects");
    EXPECT_EQ(reason(manifest_with("1," + needed)), "files holds something else than objects");
}

TEST(Contents, OfALaterFormatAreRefused) {
    auto later = manifest_with(needed);
    later.replace(later.find(":1,"), 3, ":2,");
    EXPECT_EQ(reason(later), "format is not 1, the one that this version of cang knows");
}

TEST(KeptFiles, AreThoseThatTheWarehouseDoesNotMakeItself) {
    for (const char* name : {"token.key", "secrets.key", "admin.hash", "anything"})
        EXPECT_TRUE(is_kept_file(name)) << name;
    for (const char* name : {"", ".", "lock", "hold", "format", "format.new", "cang.db", "cang.db-shm",
                             "token.key.part", "x.tmp-1234", "a/b", "uploads"})
        EXPECT_FALSE(is_kept_file(name)) << name;
}

TEST(ObjectList, IsReadBackAsItWasPrinted) {
    Objects objects{{oci::Digest(oci::DigestAlgorithm::sha256, std::string(64, 'a')), 0},
                    {oci::Digest(oci::DigestAlgorithm::sha256, std::string(64, 'b')), 4711},
                    {oci::Digest(oci::DigestAlgorithm::sha512, std::string(128, 'a')), UINT64_MAX}};
    auto read = parse_objects(print_objects(objects));
    ASSERT_TRUE(read) << read.error().reason;
    EXPECT_EQ(print_objects(*read), print_objects(objects));
    EXPECT_TRUE(parse_objects("")->empty());
}

TEST(ObjectList, TellsWhereItIsWrong) {
    auto problem = [](const std::string& text) {
        auto objects = parse_objects(text);
        return objects ? "" : objects.error().to_string();
    };
    EXPECT_EQ(problem(digest + " 1"), "the last line has no end (at character 1)");
    EXPECT_EQ(problem(digest + " 1\n" + digest + " 1\n"), "the objects are not in order (at character 75)");
    for (const char* size : {"", " ", " -1", " 01", " 1 ", " 18446744073709551616", " 1\r"})
        EXPECT_EQ(problem(digest + size + "\n"), "not a digest and a size (at character 1)") << size;
    EXPECT_EQ(problem("sha256:abc 1\n"), "not a digest and a size (at character 1)");
}

} // namespace
} // namespace cang::backup
