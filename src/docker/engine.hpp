// A Docker Engine: its connection, API version and errors. What can be asked of it is split by noun: images.hpp.
//
// Belongs to one single-threaded executor.
#pragma once

#include "docker/endpoint.hpp"
#include "http/client.hpp"

#include <optional>
#include <string>

namespace cang::docker {

struct EngineOptions {
    Endpoint endpoint;
    http::TlsOptions tls;
    // An engine that exports or extracts a large image says nothing for minutes.
    std::chrono::seconds silence{1800};
};

struct ApiVersion {
    int major = 0;
    int minor = 0;

    static std::optional<ApiVersion> parse(std::string_view text); // "1.41"
    std::string to_string() const;
    friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};

// Docker 1.12; older engines lack what we use.
inline constexpr ApiVersion kOldestApi{1, 24};
// What this client was written against; a newer engine is asked to behave like this one.
inline constexpr ApiVersion kNewestApi{1, 48};

struct EngineVersion {
    std::string product; // "Engine" of Docker, "Podman Engine"; empty when the engine does not say
    std::string version; // "20.10.24"
    std::string api_version;
    std::string min_api_version;
    std::string os;
    std::string architecture;
    std::string kernel_version;
};

struct EngineStatus {
    std::string id;
    std::string name;
    std::string operating_system;
    std::string storage_driver;
    std::string root_directory;
    std::uint64_t images = 0;
    std::uint64_t containers = 0;
    std::uint64_t cpus = 0;
    std::uint64_t memory_bytes = 0;
};

struct EngineRequest {
    http::Method method = http::Method::get;
    std::string path;           // below the version prefix, with its query, already encoded: "/images/json?all=0"
    io::Reader* body = nullptr; // must outlive the call
    std::optional<std::uint64_t> body_bytes;
    std::string content_type;
};

class Engine {
public:
    Engine(asio::any_io_executor executor, EngineOptions options);

    // Throws Error{unavailable} when nobody answers, Error{unsupported} when the engine is too old. The version both
    // sides speak; asked once, then remembered.
    awaitable<ApiVersion> ping();
    awaitable<EngineVersion> version();
    awaitable<EngineStatus> status();

    // Sends under the negotiated version. A status of 400 or more is thrown as Error with Docker's message.
    awaitable<http::ClientResponse> send(EngineRequest request);
    // As send(), but nullopt for 404.
    awaitable<std::optional<http::ClientResponse>> send_unless_absent(EngineRequest request);

private:
    awaitable<http::ClientResponse> exchange(EngineRequest request);
    http::ClientRequest to_http(const EngineRequest& request, const std::string& prefix) const;

    EngineOptions options_;
    http::Client client_;
    std::optional<ApiVersion> api_;
};

// Escapes what may not stand in a path, keeping the '/', ':' and '@' of image names.
std::string encode_path(std::string_view text);

} // namespace cang::docker
