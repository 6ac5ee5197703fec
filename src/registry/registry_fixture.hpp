// For this room's tests: the routes over a warehouse in a directory of its own, asked in process as the server asks
// them.
#pragma once

#include "registry/error_body.hpp"
#include "registry/routes.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace cang::registry {

struct Reply {
    int status = 0;
    http::Fields headers;
    std::string body;
    std::optional<std::uint64_t> stated_length;

    std::string header(std::string_view name) const { return std::string(headers.get(name)); }
    // The code of the first error; empty when the body is none.
    std::string code() const {
        boost::system::error_code failure;
        auto document = boost::json::parse(body, failure);
        if (failure || !document.is_object() || !document.get_object().contains("errors"))
            return {};
        return std::string(document.at("errors").at(0).at("code").as_string());
    }
};

// Gives its bytes, then breaks off like a connection.
class BrokenReader final : public io::Reader {
public:
    explicit BrokenReader(std::string bytes) : bytes_(std::move(bytes)) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (bytes_.empty())
            throw Error(ErrorKind::unavailable, "the connection broke");
        auto length = std::min(buffer.size(), bytes_.size());
        std::copy_n(as_bytes(bytes_).begin(), length, buffer.begin());
        bytes_.erase(0, length);
        co_return length;
    }

private:
    std::string bytes_;
};

inline std::string read_file_body(const http::FileBody& file) {
    std::string text(file.length(), '\0');
    auto read = ::pread(file.descriptor(), text.data(), text.size(), static_cast<off_t>(file.offset()));
    text.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
    return text;
}

inline awaitable<std::string> body_text(http::Body body) {
    if (auto* text = std::get_if<std::string>(&body))
        co_return *text;
    if (auto* text = std::get_if<std::shared_ptr<const std::string>>(&body))
        co_return **text;
    if (auto* file = std::get_if<http::FileBody>(&body))
        co_return read_file_body(*file);
    if (auto* stream = std::get_if<http::StreamBody>(&body))
        co_return co_await io::read_all(*stream->reader, 64 * MiB);
    co_return std::string();
}

class RegistryFixture : public ::testing::Test {
protected:
    RegistryFixture() { open(); }
    ~RegistryFixture() override {
        warehouse.reset();
        pool.join();
    }

    // As after a restart of the program, on the same data.
    void open() {
        context.reset();
        warehouse.reset();
        warehouse::WarehouseOptions options;
        options.data_directory = directory.path();
        warehouse = std::make_unique<warehouse::Warehouse>(options, clock, pool);
        context = std::make_unique<Context>(Context{.warehouse = *warehouse, .upload_ids = UploadIds("a key")});
        router = {};
        add_routes(router, *context);
    }

    Reply send(http::Method method, std::string target, std::string body = {}, http::Fields headers = {}) {
        headers.set("Content-Length", std::to_string(body.size()));
        auto reader = io::memory_reader(std::move(body));
        return send(method, std::move(target), *reader, std::move(headers));
    }

    Reply send(http::Method method, std::string target, io::Reader& body, http::Fields headers = {}) {
        return cang::testing::run_async<Reply>([&]() -> awaitable<Reply> {
            http::Request request;
            request.method = method;
            request.target = target;
            request.path = std::string_view(target).substr(0, target.find('?'));
            if (request.path.size() < target.size())
                request.query = std::string_view(target).substr(request.path.size() + 1);
            request.headers = &headers;
            request.host = headers.get("Host");
            request.body = &body;
            if (headers.has("Content-Length"))
                request.content_length = std::stoull(std::string(headers.get("Content-Length")));
            auto response = co_await answer(request);
            Reply reply{.status = response.status,
                        .headers = std::move(response.headers),
                        .body = {},
                        .stated_length = response.stated_length};
            auto text = body_text(std::move(response.body));
            reply.body = co_await std::move(text);
            co_return reply;
        });
    }

    awaitable<http::Response> answer(http::Request& request) {
        std::exception_ptr failure;
        try {
            auto match = router.match(request);
            if (match.route == nullptr)
                co_return unmatched_response(match);
            auto refusal = co_await authorize(request, *match.route);
            if (refusal)
                co_return std::move(*refusal);
            co_return co_await match.route->handle(request);
        } catch (...) {
            failure = std::current_exception();
        }
        try {
            std::rethrow_exception(failure);
        } catch (...) {
            co_return failure_reply(current_error());
        }
    }

    // The hook; without one everybody may do everything.
    virtual awaitable<std::optional<http::Response>> authorize(http::Request&, const http::Route&) {
        co_return std::nullopt;
    }

    // As the face under test puts it.
    virtual http::Response failure_reply(const Error& error) { return error_response(error); }

    Reply get(std::string target, http::Fields headers = {}) {
        return send(http::Method::get, std::move(target), {}, std::move(headers));
    }

    std::string start_upload(const std::string& repository) {
        return send(http::Method::post, "/v2/" + repository + "/blobs/uploads/").header("Location");
    }

    std::string push_blob(const std::string& repository, const std::string& bytes) {
        auto digest = oci::Digest::of(std::string_view(bytes)).to_string();
        auto reply = send(http::Method::post, "/v2/" + repository + "/blobs/uploads/?digest=" + digest, bytes);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return digest;
    }

    // A small image, pushed; returns its manifest.
    oci::Manifest push_image(const std::string& repository, const std::string& reference, const std::string& seed,
                             std::optional<oci::Descriptor> subject = {}, std::string artifact_type = {}) {
        auto manifest = make_image(repository, seed, std::move(subject), std::move(artifact_type));
        auto path =
            "/v2/" + repository + "/manifests/" + (reference.empty() ? manifest.digest().to_string() : reference);
        auto reply = put_manifest(path, manifest.bytes());
        EXPECT_EQ(reply.status, 201) << reply.body;
        return manifest;
    }

    // Pushes the blobs only.
    oci::Manifest make_image(const std::string& repository, const std::string& seed,
                             std::optional<oci::Descriptor> subject = {}, std::string artifact_type = {}) {
        auto config = "{\"config\":\"" + seed + "\"}";
        auto layer = "layer of " + seed;
        oci::ManifestParts parts;
        parts.config = describe(oci::media_type::oci_config, config);
        parts.layers.push_back(describe(oci::media_type::oci_layer, layer));
        parts.subject = std::move(subject);
        parts.artifact_type = std::move(artifact_type);
        push_blob(repository, config);
        push_blob(repository, layer);
        return oci::make_manifest(parts);
    }

    Reply put_manifest(const std::string& path, const std::string& bytes,
                       std::string_view type = oci::media_type::oci_manifest) {
        http::Fields headers{{"Content-Type", std::string(type)}};
        return send(http::Method::put, path, bytes, std::move(headers));
    }

    static oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
        oci::Descriptor descriptor;
        descriptor.media_type = std::string(media_type);
        descriptor.digest = oci::Digest::of(bytes);
        descriptor.size = bytes.size();
        return descriptor;
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    std::unique_ptr<warehouse::Warehouse> warehouse;
    std::unique_ptr<Context> context;
    http::Router router;
};

} // namespace cang::registry
