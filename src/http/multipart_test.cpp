#include "http/multipart_reader.hpp"
#include "testing/run_async.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::http {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

// "part(NAME,FILE) DATA end" for each part; fed in pieces of `piece` bytes.
std::string tell(std::string_view body, std::size_t piece) {
    MultipartParser parser("xyz");
    std::string story;
    for (;;) {
        auto event = parser.next();
        if (!event)
            return story + "error: " + event.error().reason;
        switch (*event) {
        case MultipartParser::Event::part:
            story += fmt::format("part({},{}) ", parser.part().name, parser.part().file_name.value_or("-"));
            break;
        case MultipartParser::Event::data: story += parser.data(); break;
        case MultipartParser::Event::part_end: story += " end;"; break;
        case MultipartParser::Event::end: return story + " done";
        case MultipartParser::Event::need_input:
            if (body.empty())
                return story + " cut";
            parser.feed(body.substr(0, piece));
            body.remove_prefix(std::min(piece, body.size()));
        }
    }
}

TEST(Multipart, TellsPartsHoweverTheBytesAreCut) {
    std::string_view body = "--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
                            "--xyz\r\nContent-Type: application/x-tar\r\n"
                            "content-disposition: form-data; name=file; filename=\"a \\\"b\\\".tar\"\r\n\r\n"
                            "one\r\n--xy\r\ntwo\r\n--xyz--\r\nepilogue";
    for (std::size_t piece : {1U, 2U, 3U, 7U, 1000U})
        EXPECT_EQ(tell(body, piece), "part(note,-) hello end;part(file,a \"b\".tar) one\r\n--xy\r\ntwo end; done");
}

TEST(Multipart, SkipsAPreambleAndTakesEmptyParts) {
    EXPECT_EQ(tell("hello\r\n--xyz \t\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xyz--", 5),
              "part(a,-)  end; done");
    EXPECT_EQ(tell("--xyz--", 3), " done");
}

TEST(Multipart, RefusesWhatIsNotOne) {
    EXPECT_EQ(tell("--xyz\r\n\r\n\r\nx\r\n--xyz--", 100),
              "error: a part has no Content-Disposition: form-data with a name");
    EXPECT_EQ(tell("--xyzzy\r\n", 100), "error: a boundary is followed by neither a line break nor --");
    EXPECT_EQ(tell(std::string(70'000, 'x'), 4096), "error: the body does not begin with its boundary");
    EXPECT_EQ(tell("--xyz\r\nX: " + std::string(9'000, 'x'), 4096), "error: a part's header is larger than 8192 bytes");
    EXPECT_EQ(tell("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nhello", 100), "part(a,-)  cut");
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n";
    EXPECT_TRUE(tell(many, 4096).ends_with("error: the body has more than 100 parts"));
}

TEST(Multipart, ReadsTheBoundaryOfAContentType) {
    EXPECT_EQ(parse_multipart_boundary("multipart/form-data; boundary=abc").value(), "abc");
    EXPECT_EQ(parse_multipart_boundary("Multipart/Form-Data;charset=x; Boundary=\"a b\"").value(), "a b");
    EXPECT_EQ(parse_multipart_boundary("text/plain; boundary=abc").error().reason,
              "Content-Type is not multipart/form-data");
    EXPECT_EQ(parse_multipart_boundary("multipart/form-data").error().reason, "Content-Type names no boundary");
    EXPECT_EQ(parse_multipart_boundary("multipart/form-data; boundary=a\"b").error().reason,
              "the boundary of Content-Type is not valid");
    EXPECT_FALSE(parse_multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'a')));
}

TEST(MultipartReader, GivesPartsAsStreams) {
    auto body = io::memory_reader("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nskipped\r\n--xyz\r\n"
                                  "Content-Disposition: form-data; name=b\r\n\r\nread\r\n--xyz--");
    cang::testing::run_async([&]() -> awaitable<void> {
        MultipartReader reader(*body, kType);
        auto first = co_await reader.next();
        EXPECT_EQ(first.value().name, "a");
        auto second = co_await reader.next();
        EXPECT_EQ(second.value().name, "b");
        std::byte buffer[3];
        auto length = co_await reader.read(buffer);
        EXPECT_EQ(as_text(ByteView(buffer).first(length)), "rea");
        length = co_await reader.read(buffer);
        EXPECT_EQ(as_text(ByteView(buffer).first(length)), "d");
        length = co_await reader.read(buffer);
        EXPECT_EQ(length, 0U);
        auto third = co_await reader.next();
        EXPECT_FALSE(third.has_value());
    });
}

TEST(MultipartReader, SaysThatABodyIsCutShort) {
    auto body = io::memory_reader("--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\ncut");
    std::string message;
    cang::testing::run_async([&]() -> awaitable<void> {
        MultipartReader reader(*body, kType);
        co_await reader.next();
        try {
            co_await reader.next();
        } catch (const Error& error) {
            message = error.message();
        }
    });
    EXPECT_EQ(message, "the body ends in the middle of a part");
}

} // namespace
} // namespace cang::http
