#include "io/tar_reader.hpp"
#include "io/tar_writer.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>

namespace cang::io {
namespace {

using testing::run_async;
using testing::TempDir;

class StringWriter final : public Writer {
public:
    awaitable<void> write(ByteView bytes) override {
        text += as_text(bytes);
        co_return;
    }
    std::string text;
};

std::string describe(const TarEntry& entry) {
    static constexpr std::string_view kTypes[] = {"file", "directory", "symlink", "hardlink", "other"};
    auto line = std::string(kTypes[static_cast<int>(entry.type)]) + " " + entry.name;
    if (!entry.link_target.empty())
        line += " -> " + entry.link_target;
    return line + " " + std::to_string(entry.size);
}

// Reads as a stream and as an index, which must agree, and gives one line an entry with the files' contents.
std::vector<std::string> contents(const std::string& archive, TarLimits limits = {}) {
    std::vector<std::string> lines;
    run_async([&]() -> awaitable<void> {
        auto stream = memory_reader(archive);
        TarReader reader(*stream, limits);
        while (true) {
            auto entry = co_await reader.next();
            if (!entry)
                break;
            auto data = tar_entry_reader(reader);
            auto text = co_await read_all(*data, 10 * MiB);
            EXPECT_TRUE(text == archive.substr(entry->data_offset, entry->size));
            lines.push_back(describe(*entry) + (text.size() < 20 ? " " + text : ""));
        }
    });
    TempDir directory;
    std::ofstream(directory / "a.tar", std::ios::binary) << archive;
    auto index = TarIndex::read_blocking(*open_shared(directory / "a.tar", "opening"), limits);
    EXPECT_EQ(index.entries().size(), lines.size());
    for (std::size_t i = 0; i < std::min(lines.size(), index.entries().size()); ++i)
        EXPECT_TRUE(lines[i].starts_with(describe(index.entries()[i])));
    return lines;
}

std::string failure_of(const std::string& archive, TarLimits limits = {}) {
    try {
        contents(archive, limits);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::corrupt);
        return error.message();
    }
    return "no error";
}

std::string sample_archive() {
    StringWriter target;
    run_async([&]() -> awaitable<void> {
        TarWriter writer(target);
        co_await writer.add_directory("blobs");
        co_await writer.add_file("blobs/one", std::string("first"));
        auto data = memory_reader(std::string(1000, 'x'));
        co_await writer.add_file("blobs/two", 1000, *data);
        co_await writer.add_symlink("latest", "blobs/one");
        co_await writer.add_file("empty", std::string());
        co_await writer.finish();
        EXPECT_EQ(writer.bytes(), target.text.size());
    });
    return target.text;
}

TEST(Tar, ComesBackAsWritten) {
    EXPECT_EQ(contents(sample_archive()),
              (std::vector<std::string>{"directory blobs/ 0 ", "file blobs/one 5 first", "file blobs/two 1000",
                                        "symlink latest -> blobs/one 0 ", "file empty 0 "}));
}

TEST(Tar, WritesTheSameBytesEveryTime) { EXPECT_EQ(sample_archive(), sample_archive()); }

TEST(Tar, KeepsNamesOfEveryLength) {
    for (std::size_t length : {99UL, 100UL, 101UL, 155UL, 200UL, 255UL, 256UL, 257UL, 3000UL, 4095UL}) {
        std::string flat(length, 'n');
        std::string nested = flat;
        for (std::size_t i = 40; i + 1 < nested.size(); i += 41)
            nested[i] = '/';
        for (const auto& name : {flat, nested}) {
            TarEntry entry;
            entry.name = name;
            entry.type = TarType::symlink;
            entry.link_target = name;
            EXPECT_EQ(contents(tar_header(entry) + tar_end()),
                      (std::vector<std::string>{"symlink " + name + " -> " + name + " 0 "}));
        }
    }
}

TEST(Tar, KeepsSizesOfEightGigabytesAndMore) {
    for (std::uint64_t size : {(8 * GiB) - 1, 8 * GiB, 1000 * GiB}) {
        TarEntry entry;
        entry.name = "large";
        entry.size = size;
        auto header = tar_header(entry);
        EXPECT_EQ(header.size(), size < 8 * GiB ? kTarBlock : 3 * kTarBlock);
        TarParser parser;
        for (std::uint64_t offset = 0; offset < header.size(); offset += kTarBlock) {
            auto block = as_bytes(header).subspan(offset, kTarBlock);
            auto next = parser.take_header(block, offset);
            ASSERT_TRUE(next.has_value());
            if (*next == TarParser::Next::extension) {
                offset += kTarBlock;
                ASSERT_TRUE(parser.take_extension(as_bytes(header).subspan(offset, parser.extension_size())));
            }
        }
        EXPECT_EQ(parser.entry().size, size);
    }
}

TEST(Tar, IsReadAndWrittenAsGnuTarDoes) {
    TempDir directory;
    std::string long_name(180, 'l');
    auto root = directory.path().string();
    ASSERT_EQ(
        std::system(("cd " + root + " && mkdir -p in/d && echo hello > in/d/f && ln -s f in/d/s && ln in/d/f in/h" +
                     " && echo long > in/" + long_name + " && ln -s " + long_name + " in/longlink")
                        .c_str()),
        0);
    for (std::string format : {"gnu", "pax", "posix"}) {
        ASSERT_EQ(std::system(("cd " + root + " && tar --sort=name --format=" + format + " -cf a.tar -C in .").c_str()),
                  0);
        auto text = find_file_text(directory / "a.tar", 1 * MiB, "reading").value();
        EXPECT_EQ(contents(text),
                  (std::vector<std::string>{"directory ./ 0 ", "directory ./d/ 0 ", "file ./d/f 6 hello\n",
                                            "symlink ./d/s -> f 0 ", "hardlink ./h -> ./d/f 0 ",
                                            "file ./" + long_name + " 5 long\n",
                                            "symlink ./longlink -> " + long_name + " 0 "}))
            << format;
    }
    std::ofstream(directory / "ours.tar", std::ios::binary) << sample_archive();
    EXPECT_EQ(std::system(("cd " + root + " && mkdir out && tar -xf ours.tar -C out && grep -q first out/latest && " +
                           "test $(wc -c < out/blobs/two) = 1000")
                              .c_str()),
              0);
}

TEST(Tar, TakesAnArchiveWithoutItsFinalBlocks) {
    auto archive = sample_archive();
    archive.resize(archive.size() - 2 * kTarBlock);
    EXPECT_EQ(contents(archive).size(), 5U);
    EXPECT_EQ(contents("").size(), 0U);
}

TEST(Tar, SaysWhereAnArchiveIsDamagedOrCut) {
    auto archive = sample_archive();
    auto damaged = archive;
    damaged[512 + 3] ^= 1;
    EXPECT_EQ(failure_of(damaged), "the archive is damaged at byte 512: a header with a wrong checksum");
    EXPECT_EQ(failure_of(archive.substr(0, 700)), "the archive is cut short");
    EXPECT_EQ(failure_of(archive.substr(0, 512 + 512 + 2)), "the archive is cut short");
    EXPECT_EQ(failure_of("not a tar archive"), "the archive is cut short");
    EXPECT_EQ(failure_of(std::string(512, 'x')), "the archive is damaged at byte 0: a header with a wrong checksum");
}

TEST(Tar, RefusesWhatExceedsTheLimits) {
    auto archive = sample_archive();
    EXPECT_EQ(failure_of(archive, {.max_entries = 2}), "the archive is damaged at byte 1536: more than 2 entries");
    EXPECT_EQ(failure_of(archive, {.max_name = 6}), "the archive is damaged at byte 512: a name of more than 6 bytes");
    EXPECT_EQ(failure_of(archive, {.max_names = 10}),
              "the archive is damaged at byte 512: more than 10 bytes of names");
    EXPECT_EQ(failure_of(archive, {.max_total = 3000}),
              "the archive is damaged at byte 1536: an entry that is larger than the archive may be");
    TarEntry entry;
    entry.name = std::string(300, 'n');
    EXPECT_EQ(failure_of(tar_header(entry) + tar_end(), {.max_extension = 100}),
              "the archive is damaged at byte 0: an extended header of more than 100 bytes");
}

TEST(Tar, RefusesBadPaxRecords) {
    for (std::string records :
         {"5 a=b\n", "99 a=b\n", "x", "6 ab\n", "7 a=bcd", "0 a=b\n", "18446744073709551617 a=b\n"}) {
        TarParser parser;
        TarEntry entry;
        entry.name = std::string(300, 'n');
        auto header = tar_header(entry);
        ASSERT_TRUE(parser.take_header(as_bytes(header).first(kTarBlock), 0).has_value());
        EXPECT_FALSE(parser.take_extension(as_bytes(records)).has_value()) << records;
    }
}

TEST(TarIndex, FindsTheLastEntryOfAName) {
    StringWriter target;
    run_async([&]() -> awaitable<void> {
        TarWriter writer(target);
        co_await writer.add_file("./manifest.json", std::string("old"));
        co_await writer.add_file("manifest.json", std::string("newer"));
        co_await writer.finish();
    });
    TempDir directory;
    std::ofstream(directory / "a.tar", std::ios::binary) << target.text;
    async::BlockingPool pool(1);
    run_async([&]() -> awaitable<void> {
        auto file = open_shared(directory / "a.tar", "opening");
        auto index = co_await TarIndex::read(file, pool);
        const auto* entry = index.find("manifest.json");
        EXPECT_NE(entry, nullptr);
        auto reader = file_reader(file, entry->data_offset, entry->size, pool);
        auto text = co_await read_all(*reader, 100);
        EXPECT_EQ(text, "newer");
        EXPECT_EQ(index.find("other"), nullptr);
        EXPECT_EQ(index.find("../manifest.json"), nullptr);
    });
}

TEST(SafeEntryName, CleansNamesAndRefusesWaysOut) {
    EXPECT_EQ(safe_entry_name("./a//b/"), "a/b");
    EXPECT_EQ(safe_entry_name("a/./b"), "a/b");
    EXPECT_EQ(safe_entry_name("..a/b.."), "..a/b..");
    for (std::string_view name : {"", "/", "./", ".", "/etc/passwd", "..", "../a", "a/../b", "a/..", "a\nb", "a\x7f"})
        EXPECT_EQ(safe_entry_name(name), std::nullopt) << name;
    EXPECT_EQ(safe_entry_name(std::string_view("a\0b", 3)), std::nullopt);
}

} // namespace
} // namespace cang::io
