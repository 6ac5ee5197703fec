// Uploads whose client goes away: whatever reached the server is kept, and the status says how much that is.
#include "async/task_group.hpp"
#include "http/server.hpp"
#include "registry/receive_body.hpp"
#include "registry/registry_fixture.hpp"
#include "testing/raw_http.hpp"

#include <fmt/format.h>
#include <random>

namespace cang::registry {
namespace {

std::string sample(std::size_t size) {
    std::string bytes(size, '\0');
    std::minstd_rand generator(7);
    for (auto& byte : bytes)
        byte = static_cast<char>(generator());
    return bytes;
}

// No multiple of any block, and more than the two that an ingest holds in memory.
const std::string kBlob = sample(5 * MiB + 4321);
constexpr std::size_t kCut = 3 * MiB + 123;
const std::string kDigest = oci::Digest::of(std::string_view(kBlob)).to_string();

class BrokenUpload : public RegistryFixture {
protected:
    BrokenUpload() {
        hooks.on_error = [](const http::Request&) { return error_response(current_error()); };
        hooks.on_unmatched = [](const http::Request&, const http::RouteMatch& match) {
            return unmatched_response(match);
        };
        server = std::make_unique<http::Server>(http::ServerOptions{.threads = 1}, router, hooks);
        server->start();
    }

    static std::string head(std::string_view method, std::string_view target, std::size_t length) {
        return fmt::format("{} {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", method, target, length);
    }

    cang::testing::RawHttp connect() const { return cang::testing::RawHttp(server->port()); }

    std::string start_over_the_wire() const {
        auto reply = connect().exchange(head("POST", "/v2/library/app/blobs/uploads/", 0));
        EXPECT_EQ(reply.status, 202);
        return reply.header("Location");
    }

    // Asks until the broken request has let go of the upload; the offset it stands at.
    std::uint64_t wait_for_offset(const std::string& location) const {
        auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        auto client = connect();
        auto reply = client.exchange(head("GET", location, 0));
        while (reply.status != 204 && std::chrono::steady_clock::now() < deadline)
            reply = client.exchange(head("GET", location, 0));
        EXPECT_EQ(reply.status, 204) << reply.body;
        auto range = reply.header("Range");
        return range == "0-0" ? 0 : std::stoull(range.substr(2)) + 1;
    }

    void finish(const std::string& location, std::uint64_t offset) const {
        auto client = connect();
        client.send(head("PUT", location + "?digest=" + kDigest, kBlob.size() - offset));
        client.send(std::string_view(kBlob).substr(offset));
        EXPECT_EQ(client.receive().status, 201);
        EXPECT_TRUE(connect().exchange(head("GET", "/v2/library/app/blobs/" + kDigest, 0)).body == kBlob);
    }

    http::ServerHooks hooks;
    std::unique_ptr<http::Server> server; // last: ends before what its handlers use
};

TEST_F(BrokenUpload, KeepsEveryByteOfAPatchWhoseClientHungUp) {
    auto location = start_over_the_wire();
    {
        auto client = connect();
        client.send(head("PATCH", location, kBlob.size()));
        client.send(std::string_view(kBlob).substr(0, kCut));
    }
    EXPECT_EQ(wait_for_offset(location), kCut);
    finish(location, kCut);
}

TEST_F(BrokenUpload, KeepsEveryByteOfAPutWhoseClientHungUp) {
    auto location = start_over_the_wire();
    {
        auto client = connect();
        client.send(head("PUT", location + "?digest=" + kDigest, kBlob.size()));
        client.send(std::string_view(kBlob).substr(0, kCut));
    }
    EXPECT_EQ(wait_for_offset(location), kCut);
    finish(location, kCut);
}

TEST_F(BrokenUpload, GoesOnAfterAReset) {
    auto location = start_over_the_wire();
    auto client = connect();
    client.send(head("PATCH", location, kBlob.size()));
    client.send(std::string_view(kBlob).substr(0, kCut));
    client.reset(); // what the server had not read yet is gone
    auto offset = wait_for_offset(location);
    EXPECT_LE(offset, kCut);
    finish(location, offset);
}

// Gives its bytes in pieces; the request is cancelled while it gives the one that ends at `cancel_at`.
class CancellingReader final : public io::Reader {
public:
    CancellingReader(std::string_view bytes, std::size_t cancel_at, async::TaskGroup& group)
        : bytes_(bytes), cancel_at_(cancel_at), group_(group) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        auto stop = position_ < cancel_at_ ? cancel_at_ : bytes_.size();
        auto length = std::min({buffer.size(), std::size_t(256 * KiB), stop - position_});
        std::ranges::copy(as_bytes(bytes_.substr(position_, length)), buffer.begin());
        position_ += length;
        if (position_ == cancel_at_)
            group_.cancel_all();
        co_return length;
    }

private:
    std::string_view bytes_;
    std::size_t cancel_at_;
    async::TaskGroup& group_;
    std::size_t position_ = 0;
};

TEST_F(BrokenUpload, KeepsEveryByteThatWasReadWhenTheRequestIsCut) {
    for (std::size_t cut : {std::size_t(1), 1 * MiB, kCut})
        cang::testing::run_async([&]() -> awaitable<void> {
            auto executor = co_await asio::this_coro::executor;
            async::TaskGroup group(executor);
            auto ingest = co_await warehouse->objects().begin_ingest();
            bool returned = false;
            group.spawn("upload", [&]() -> awaitable<void> {
                CancellingReader body(kBlob, cut, group);
                co_await receive_body(body, *ingest, Interrupted::keep);
                returned = true;
            });
            co_await group.join();
            EXPECT_FALSE(returned);
            auto id = ingest->id();
            ingest.reset();
            auto resumed = co_await warehouse->objects().resume_ingest(id);
            EXPECT_EQ(resumed->offset(), cut);
            co_await resumed->abort();
        });
}

} // namespace
} // namespace cang::registry
