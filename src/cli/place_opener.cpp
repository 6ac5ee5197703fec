#include "cli/place_opener.hpp"

#include "cli/registry_access.hpp"
#include "distribution/manifests.hpp"
#include "docker/endpoint.hpp"
#include "image/places/archive/docker_archive_sink.hpp"
#include "image/places/archive/docker_archive_source.hpp"
#include "image/places/dockerhost/docker_host_sink.hpp"
#include "image/places/layout/layout_sink.hpp"
#include "image/places/layout/oci_archive_sink.hpp"
#include "image/places/layout/oci_archive_source.hpp"
#include "image/places/registry/registry_sink.hpp"
#include "image/places/registry/registry_source.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"
#include "image/places/warehouse/warehouse_source.hpp"

#include <fmt/format.h>
#include <map>

namespace cang::cli {

namespace {

using RegistryClientPtr = std::shared_ptr<distribution::RegistryClient>;

class RegistryRemover final : public Remover {
public:
    explicit RegistryRemover(RegistryClientPtr client) : client_(std::move(client)) {}
    awaitable<bool> remove(oci::Reference reference) override {
        distribution::Manifests manifests(*client_, reference.repository);
        auto name = reference.digest ? reference.digest->to_string() : reference.tag.value_or("latest");
        co_return co_await manifests.erase(std::move(name));
    }

private:
    RegistryClientPtr client_;
};

class WarehouseRemover final : public Remover {
public:
    explicit WarehouseRemover(warehouse::Warehouse& warehouse) : warehouse_(warehouse) {}
    awaitable<bool> remove(oci::Reference reference) override {
        if (reference.digest)
            co_return co_await warehouse_.delete_manifest(reference.repository, *reference.digest);
        co_return co_await warehouse_.delete_tag(reference.repository, reference.tag.value_or("latest"));
    }

private:
    warehouse::Warehouse& warehouse_;
};

// What tells one way of connecting from another.
std::string connection_key(const std::string& registry, bool plain_http, const PlaceOptions& options) {
    const auto& access = options.access;
    auto verify = access.tls_verify ? (*access.tls_verify ? "yes" : "no") : "";
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", registry, verify, access.credentials, access.cert_dir,
                       access.ca_file, access.client_cert, access.client_key, options.authfile, options.proxy,
                       plain_http);
}

[[noreturn]] void throw_no_warehouse(const image::PlaceName& name) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("{} is a name of the warehouse, and neither --server nor --data says which\n"
                            "set --server URL or --data DIR (or CANG_SERVER, CANG_DATA), or write "
                            "docker://HOST/REPOSITORY:TAG",
                            name.to_string()));
}

[[noreturn]] void throw_not_listed(const image::PlaceName& name) {
    throw Error(ErrorKind::unsupported,
                fmt::format("{}: only a registry and the warehouse can do this", name.to_string()));
}

} // namespace

struct PlaceOpener::Rooms {
    Runtime& runtime;
    const Session& session;
    std::map<std::string, RegistryClientPtr> clients;
    std::map<std::filesystem::path, std::unique_ptr<warehouse::Warehouse>> warehouses;

    // A place that a registry serves: docker:// names, and bare names with --server.
    struct Served {
        RegistryClientPtr client;
        oci::Reference reference;
    };

    RegistryClientPtr client_of(const std::string& registry, bool plain_http, const PlaceOptions& options) {
        auto& client = clients[connection_key(registry, plain_http, options)];
        if (!client) {
            auto access = registry_options(registry, options, session.console);
            access.plain_http = plain_http;
            client = std::make_shared<distribution::RegistryClient>(runtime.loop.get_executor(), registry,
                                                                    std::move(access));
        }
        return client;
    }

    // nullopt when the name is one of a data directory.
    std::optional<Served> find_served(const image::PlaceName& name, const PlaceOptions& options) {
        auto reference = name.reference.value_or(oci::Reference{});
        if (name.kind == image::PlaceKind::registry)
            return Served{client_of(reference.registry, false, options), reference};
        if (options.server.empty() && options.data.empty())
            throw_no_warehouse(name);
        if (options.server.empty())
            return std::nullopt;
        auto server = parse_server(options.server);
        reference.registry = server.registry;
        return Served{client_of(server.registry, server.plain_http, options), reference};
    }

    std::shared_ptr<docker::Engine> connect_engine(const PlaceOptions& options) {
        const auto& environment = session.console.environment;
        bool tls = !environment("DOCKER_TLS_VERIFY").empty();
        auto text = options.docker_host.empty() ? std::string(docker::Endpoint::default_text) : options.docker_host;
        auto endpoint = docker::Endpoint::parse(text, tls);
        if (!endpoint)
            throw_invalid("--docker-host", endpoint.error());
        docker::EngineOptions engine;
        engine.endpoint = *endpoint;
        engine.tls = {.verify = options.access.tls_verify.value_or(true),
                      .ca_file = options.access.ca_file,
                      .client_cert = options.access.client_cert,
                      .client_key = options.access.client_key};
        if (auto directory = environment("DOCKER_CERT_PATH"); tls && !directory.empty() && engine.tls.ca_file.empty())
            engine.tls = {true, directory + "/ca.pem", directory + "/cert.pem", directory + "/key.pem"};
        return std::make_shared<docker::Engine>(runtime.loop.get_executor(), std::move(engine));
    }
};

PlaceOpener::PlaceOpener(Runtime& runtime, const Session& session) : rooms_(new Rooms{runtime, session, {}, {}}) {}

PlaceOpener::~PlaceOpener() = default;

warehouse::Warehouse& PlaceOpener::open_warehouse(const PlaceOptions& given,
                                                  std::optional<std::chrono::milliseconds> grace) {
    auto options = with_environment(given, rooms_->session.console);
    if (options.data.empty())
        throw Error(ErrorKind::invalid_argument, "the data directory is missing\nset --data DIR or CANG_DATA");
    auto& warehouse = rooms_->warehouses[std::filesystem::absolute(options.data).lexically_normal()];
    if (!warehouse) {
        warehouse::WarehouseOptions settings{.data_directory = options.data};
        settings.grace = grace.value_or(settings.grace);
        warehouse =
            std::make_unique<warehouse::Warehouse>(std::move(settings), rooms_->runtime.clock, rooms_->runtime.pool);
    }
    return *warehouse;
}

awaitable<OpenPlace<image::Source>> PlaceOpener::open_source(image::PlaceName name, PlaceOptions given) {
    auto options = with_environment(std::move(given), rooms_->session.console);
    auto& pool = rooms_->runtime.pool;
    OpenPlace<image::Source> open{.keep = {}, .place = nullptr, .reference = name.reference.value_or(oci::Reference{})};
    switch (name.kind) {
    case image::PlaceKind::docker_archive: open.place = co_await archive::open_docker_archive(name.path, pool); break;
    case image::PlaceKind::oci_archive: open.place = co_await layout::open_oci_archive(name.path, pool); break;
    case image::PlaceKind::oci_layout: open.place = co_await layout::open_layout(name.path, pool); break;
    case image::PlaceKind::docker_daemon: {
        auto engine = rooms_->connect_engine(options);
        open.place = std::make_unique<dockerhost::DockerHostSource>(*engine, pool);
        open.keep = engine;
        break;
    }
    case image::PlaceKind::registry:
    case image::PlaceKind::warehouse:
        if (auto served = rooms_->find_served(name, options)) {
            open.reference = served->reference;
            open.place = std::make_unique<image::RegistrySource>(served->client, served->reference.repository);
        } else {
            open.place =
                std::make_unique<warehouse::WarehouseSource>(open_warehouse(options), open.reference.repository);
        }
    }
    co_return open;
}

OpenPlace<image::Sink> PlaceOpener::open_sink(const image::PlaceName& name, const PlaceOptions& given) {
    auto options = with_environment(given, rooms_->session.console);
    auto& pool = rooms_->runtime.pool;
    OpenPlace<image::Sink> open{.keep = {}, .place = nullptr, .reference = name.reference.value_or(oci::Reference{})};
    switch (name.kind) {
    case image::PlaceKind::docker_archive:
        open.place = std::make_unique<archive::DockerArchiveSink>(name.path, pool);
        break;
    case image::PlaceKind::oci_archive: open.place = std::make_unique<layout::OciArchiveSink>(name.path, pool); break;
    case image::PlaceKind::oci_layout: open.place = std::make_unique<layout::LayoutSink>(name.path, pool); break;
    case image::PlaceKind::docker_daemon: {
        auto engine = rooms_->connect_engine(options);
        open.place = std::make_unique<dockerhost::DockerHostSink>(*engine, pool);
        open.keep = engine;
        break;
    }
    case image::PlaceKind::registry:
    case image::PlaceKind::warehouse:
        if (auto served = rooms_->find_served(name, options)) {
            open.reference = served->reference;
            open.place = std::make_unique<image::RegistrySink>(served->client);
        } else {
            open.place = std::make_unique<warehouse::WarehouseSink>(open_warehouse(options));
        }
    }
    return open;
}

OpenPlace<image::Listing> PlaceOpener::open_listing(const image::PlaceName& name, const PlaceOptions& given) {
    if (name.is_file() || name.kind == image::PlaceKind::docker_daemon)
        throw_not_listed(name);
    auto options = with_environment(given, rooms_->session.console);
    auto reference = name.reference.value_or(oci::Reference{});
    if (auto served = rooms_->find_served(name, options))
        return {{},
                std::make_unique<image::RegistrySource>(served->client, served->reference.repository),
                served->reference};
    return {{}, std::make_unique<warehouse::WarehouseSource>(open_warehouse(options), reference.repository), reference};
}

OpenPlace<Remover> PlaceOpener::open_remover(const image::PlaceName& name, const PlaceOptions& given) {
    if (name.is_file() || name.kind == image::PlaceKind::docker_daemon)
        throw_not_listed(name);
    auto options = with_environment(given, rooms_->session.console);
    auto reference = name.reference.value_or(oci::Reference{});
    if (auto served = rooms_->find_served(name, options))
        return {{}, std::make_unique<RegistryRemover>(served->client), served->reference};
    return {{}, std::make_unique<WarehouseRemover>(open_warehouse(options)), reference};
}

} // namespace cang::cli
