#include "distribution/blobs.hpp"

#include "distribution/blob_upload.hpp"
#include "distribution/test_conversation.hpp"

namespace cang::distribution {
namespace {

std::string patterned(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
        text[i] = static_cast<char>(i * 11 + i / 251);
    return text;
}

oci::Descriptor describe(const std::string& bytes) {
    return oci::Descriptor{.media_type = "application/octet-stream",
                           .digest = oci::Digest::of(std::string_view(bytes)),
                           .size = bytes.size()};
}

std::string path(const oci::Descriptor& descriptor) { return "/v2/a/blobs/" + descriptor.digest.to_string(); }
std::string finish(const std::string& location, const oci::Descriptor& descriptor) {
    return location + "digest=sha256%3A" + descriptor.digest.hex();
}

std::string open_and_read(ScriptedServer& server, oci::Descriptor descriptor, std::uint64_t offset, std::string& text) {
    return talk(server, plain_options(), [&](RegistryClient& client) -> awaitable<void> {
        Blobs blobs(client, "a");
        io::ReaderPtr reader = co_await blobs.open(descriptor, offset);
        text = co_await io::read_all(*reader, 16 * MiB);
    });
}

TEST(RegistryBlobs, ReadFromAnOffset) {
    auto blob = describe("0123456789");
    ScriptedServer server({Exchange{.target = path(blob),
                                    .headers = {{"Range", "bytes=4-"}},
                                    .status = 206,
                                    .response_headers = {{"Content-Range", "bytes 4-9/10"}},
                                    .body = "456789"}});
    std::string text;
    EXPECT_EQ(open_and_read(server, blob, 4, text), "");
    EXPECT_EQ(text, "456789");
}

TEST(RegistryBlobs, DiscardThePrefixWhereRangeIsIgnored) {
    auto blob = describe("0123456789");
    ScriptedServer server({Exchange{.target = path(blob), .body = "0123456789"}});
    std::string text;
    EXPECT_EQ(open_and_read(server, blob, 4, text), "");
    EXPECT_EQ(text, "456789");
}

TEST(RegistryBlobs, RefuseLengthsThatContradict) {
    auto blob = describe("0123456789");
    ScriptedServer server({Exchange{.target = path(blob), .body = "012345678901"},
                           Exchange{.target = path(blob),
                                    .response_headers = {{"Transfer-Encoding", "chunked"}},
                                    .body = "c\r\n012345678901\r\n0\r\n\r\n"},
                           Exchange{.target = path(blob),
                                    .response_headers = {{"Transfer-Encoding", "chunked"}},
                                    .body = "3\r\n012\r\n0\r\n\r\n"},
                           Exchange{.target = path(blob),
                                    .status = 206,
                                    .response_headers = {{"Content-Range", "bytes 0-9/10"}},
                                    .body = "0123456789"}});
    std::string what = fmt::format("blob {} of {}/a", blob.digest.to_string(), server.authority());
    std::string text;
    EXPECT_EQ(open_and_read(server, blob, 0, text),
              "corrupt: " + what + ": the registry states 12 bytes, the descriptor 10");
    EXPECT_EQ(open_and_read(server, blob, 0, text), "corrupt: " + what + " is longer than stated");
    EXPECT_EQ(open_and_read(server, blob, 0, text), "unavailable: " + what + " ends 7 bytes early");
    EXPECT_EQ(open_and_read(server, blob, 5, text),
              "corrupt: " + what + ": the registry sent another range than asked for");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryBlobs, StopReadingAnEndlessBody) {
    auto blob = describe("0123456789");
    ScriptedServer server({Exchange{.target = path(blob),
                                    .response_headers = {{"Transfer-Encoding", "chunked"}},
                                    .body = "5\r\nabcde\r\n",
                                    .body_repeat = 1'000'000'000'000}});
    std::string text;
    EXPECT_EQ(open_and_read(server, blob, 0, text), fmt::format("corrupt: blob {} of {}/a is longer than stated",
                                                                blob.digest.to_string(), server.authority()));
}

TEST(RegistryBlobs, TellWhatRateLimitsAsk) {
    auto blob = describe("x");
    ScriptedServer server(
        {Exchange{.method = "HEAD", .target = path(blob), .status = 429, .response_headers = {{"Retry-After", "7"}}}});
    std::optional<std::chrono::milliseconds> delay;
    talk(server, plain_options(), [&](RegistryClient& client) -> awaitable<void> {
        Blobs blobs(client, "a");
        try {
            co_await blobs.find(blob.digest);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::rate_limited);
            EXPECT_TRUE(error.retryable());
            delay = error.retry_after();
        }
    });
    EXPECT_EQ(delay, std::chrono::seconds(7));
}

TEST(RegistryBlobs, MountOrTakeTheOfferedUpload) {
    auto blob = describe("x");
    std::string target = "/v2/a/blobs/uploads/?mount=sha256%3A" + blob.digest.hex() + "&from=b%2Fc";
    ScriptedServer server(
        {Exchange{.method = "POST", .target = target, .status = 201},
         Exchange{.method = "POST", .target = target, .status = 202, .response_headers = {{"Location", "/up/1"}}},
         Exchange{.method = "POST", .target = target, .status = 405},
         Exchange{.method = "POST", .target = target, .status = 503}});
    std::vector<std::string> seen;
    std::string said = talk(server, plain_options(), [&](RegistryClient& client) -> awaitable<void> {
        Blobs blobs(client, "a");
        for (int i = 0; i < 4; ++i) {
            MountOutcome outcome = co_await blobs.mount(blob.digest, "b/c");
            seen.push_back(fmt::format("{}{}", outcome.mounted, outcome.upload));
        }
    });
    EXPECT_EQ(seen, (std::vector<std::string>{"true", "false/up/1", "false"}));
    EXPECT_EQ(said, fmt::format("unavailable: mounting blob {} of {}/a from b/c: {} answered 503",
                                blob.digest.to_string(), server.authority(), server.authority()));
    EXPECT_EQ(server.problems(), "");
}

// Sends `bytes` with up to `runs` runs of one upload; returns what each run said.
std::vector<std::string> send(ScriptedServer& server, RegistryOptions options, oci::Descriptor descriptor,
                              const std::string& bytes, int runs, std::vector<std::uint64_t>* opened = nullptr) {
    std::vector<std::string> said;
    talk(server, options, [&](RegistryClient& client) -> awaitable<void> {
        BlobUpload upload(client, "a", descriptor);
        BlobOpener open = [&](std::uint64_t offset) -> awaitable<io::ReaderPtr> {
            if (opened != nullptr)
                opened->push_back(offset);
            co_return io::memory_reader(bytes.substr(offset));
        };
        for (int run = 0; run < runs; ++run) {
            std::string text;
            try {
                co_await upload.run(open, {});
            } catch (const Error& error) {
                text = fmt::format("{}: {}", error_kind_row(error.kind()).name, error.message());
            }
            said.push_back(text);
            if (text.empty())
                break;
        }
    });
    return said;
}

TEST(RegistryUpload, SendsABlobInOnePut) {
    std::string bytes = patterned(2 * MiB + 3);
    auto blob = describe(bytes);
    ScriptedServer server({Exchange{.method = "POST",
                                    .target = "/v2/a/blobs/uploads/",
                                    .status = 202,
                                    .response_headers = {{"Location", "/up/1?state=x"}}},
                           Exchange{.method = "PUT",
                                    .target = finish("/up/1?state=x&", blob),
                                    .headers = {{"Content-Length", std::to_string(bytes.size())}},
                                    .request_body = bytes,
                                    .status = 201}});
    EXPECT_EQ(send(server, plain_options(), blob, bytes, 1), std::vector<std::string>{""});
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, SendsTheEmptyBlob) {
    auto blob = describe("");
    ScriptedServer server(
        {Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/1"}}},
         Exchange{
             .method = "PUT", .target = finish("/up/1?", blob), .headers = {{"Content-Length", "0"}}, .status = 201}});
    EXPECT_EQ(send(server, plain_options(), blob, "", 1), std::vector<std::string>{""});
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, ResumesWhereTheRegistryStands) {
    std::string bytes = patterned(3 * MiB);
    auto blob = describe(bytes);
    ScriptedServer server({Exchange{.method = "POST",
                                    .target = "/v2/a/blobs/uploads/",
                                    .status = 202,
                                    .response_headers = {{"Location", "/up/1"}}},
                           Exchange{.method = "PUT",
                                    .target = finish("/up/1?", blob),
                                    .if_state = "",
                                    .set_state = "broken",
                                    .cut_request_after = 1'000'000},
                           Exchange{.method = "GET",
                                    .target = "/up/1",
                                    .if_state = "broken",
                                    .status = 204,
                                    .response_headers = {{"Range", "0-999999"}, {"Location", "/up/1?again"}}},
                           Exchange{.method = "PUT",
                                    .target = finish("/up/1?again&", blob),
                                    .request_body = bytes.substr(1'000'000),
                                    .status = 201}});
    std::vector<std::uint64_t> opened;
    auto said = send(server, plain_options(), blob, bytes, 3, &opened);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_TRUE(said[0].starts_with("unavailable: the connection to ")) << said[0];
    EXPECT_EQ(said[1], "");
    EXPECT_EQ(opened, (std::vector<std::uint64_t>{0, 1'000'000}));
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, StartsAgainWhenTheRegistryForgot) {
    std::string bytes = patterned(MiB);
    auto blob = describe(bytes);
    ScriptedServer server(
        {Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/1"}}},
         Exchange{.method = "PUT", .target = finish("/up/1?", blob), .cut_request_after = 100'000},
         Exchange{.method = "GET", .target = "/up/1", .status = 404},
         Exchange{.method = "DELETE", .target = "/up/1", .status = 404},
         Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/2"}}},
         Exchange{.method = "PUT", .target = finish("/up/2?", blob), .request_body = bytes, .status = 201}});
    EXPECT_EQ(send(server, plain_options(), blob, bytes, 2).back(), "");
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, SendsChunksOfAtLeastWhatTheRegistryWants) {
    std::string bytes = patterned(250);
    auto blob = describe(bytes);
    RegistryOptions options = plain_options();
    options.chunk_bytes = 10;
    ScriptedServer server(
        {Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/1"}, {"OCI-Chunk-Min-Length", "100"}}},
         Exchange{.method = "PATCH",
                  .target = "/up/1",
                  .headers = {{"Content-Range", "0-99"}},
                  .request_body = bytes.substr(0, 100),
                  .status = 202,
                  .response_headers = {{"Location", "/up/2"}}},
         Exchange{.method = "PATCH",
                  .target = "/up/2",
                  .headers = {{"Content-Range", "100-199"}},
                  .request_body = bytes.substr(100, 100),
                  .status = 202,
                  .response_headers = {{"Location", "/up/3"}}},
         Exchange{.method = "PATCH",
                  .target = "/up/3",
                  .headers = {{"Content-Range", "200-249"}},
                  .request_body = bytes.substr(200),
                  .status = 202,
                  .response_headers = {{"Location", "/up/4"}}},
         Exchange{.method = "PUT", .target = finish("/up/4?", blob), .request_body = "", .status = 201}});
    EXPECT_EQ(send(server, options, blob, bytes, 1), std::vector<std::string>{""});
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, GoesToPiecesWhenTheWholeIsTooLarge) {
    std::string bytes = patterned(100);
    auto blob = describe(bytes);
    ScriptedServer server({Exchange{.method = "POST",
                                    .target = "/v2/a/blobs/uploads/",
                                    .status = 202,
                                    .response_headers = {{"Location", "/up/1"}}},
                           Exchange{.method = "PUT", .target = finish("/up/1?", blob), .status = 413},
                           Exchange{.method = "POST",
                                    .target = "/v2/a/blobs/uploads/",
                                    .status = 202,
                                    .response_headers = {{"Location", "/up/2"}}},
                           Exchange{.method = "PATCH", .target = "/up/2", .request_body = bytes, .status = 202},
                           Exchange{.method = "PUT", .target = finish("/up/2?", blob), .status = 201}});
    auto said = send(server, plain_options(), blob, bytes, 2);
    EXPECT_EQ(said,
              (std::vector<std::string>{
                  fmt::format("unavailable: sending blob {} to {}/a: the registry does not take it in one request",
                              blob.digest.to_string(), server.authority()),
                  ""}));
    EXPECT_EQ(server.problems(), "");
}

TEST(RegistryUpload, NeverCompletesBytesThatAreNotTheBlob) {
    std::string bytes = patterned(MiB);
    auto blob = describe(bytes);
    bytes.back() = static_cast<char>(bytes.back() + 1);
    auto actual = describe(bytes);
    ScriptedServer server(
        {Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/1"}}},
         Exchange{.method = "PUT", .target = finish("/up/1?", blob), .forever = true, .status = 201}});
    EXPECT_EQ(send(server, plain_options(), blob, bytes, 1),
              std::vector<std::string>{fmt::format("corrupt: blob {} turned out to be {}", blob.digest.to_string(),
                                                   actual.digest.to_string())});
}

TEST(RegistryUpload, PassesOnTheRegistrysVerdict) {
    auto blob = describe("abc");
    ScriptedServer server(
        {Exchange{.method = "POST",
                  .target = "/v2/a/blobs/uploads/",
                  .status = 202,
                  .response_headers = {{"Location", "/up/1"}}},
         Exchange{.method = "PUT",
                  .target = finish("/up/1?", blob),
                  .status = 400,
                  .body = R"({"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]})"}});
    EXPECT_EQ(send(server, plain_options(), blob, "abc", 1),
              std::vector<std::string>{
                  fmt::format("corrupt: sending blob {} to {}/a: {} answered 400: provided digest did not match",
                              blob.digest.to_string(), server.authority(), server.authority())});
}

} // namespace
} // namespace cang::distribution
