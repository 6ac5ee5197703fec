// A docker-registry of Debian's package, one process for the whole program; every place is a folder of its own in it.
#include "contract/place_contract.hpp"
#include "image/places/registry/registry_sink.hpp"
#include "image/places/registry/registry_source.hpp"
#include "testing/peer_registry.hpp"

#include <fmt/format.h>

namespace cang::contract {

namespace {

testing::PeerRegistry& peer() {
    static testing::PeerRegistry registry;
    return registry;
}

class Registry final : public Place {
public:
    Registry(asio::any_io_executor executor, int number) : folder_(fmt::format("{}/p{}", peer().authority(), number)) {
        distribution::RegistryOptions options;
        options.plain_http = true;
        client_ = std::make_shared<distribution::RegistryClient>(executor, peer().authority(), options);
        sink_ = std::make_unique<image::RegistrySink>(client_);
    }

    image::Sink& sink() override { return *sink_; }
    awaitable<std::shared_ptr<image::Source>> open_source() override {
        // Tests look at one repository or the other; the source reads the one that is asked for.
        co_return std::make_shared<AnyRepository>(client_);
    }
    oci::Reference reference(const std::string& name) override { return *oci::Reference::parse(folder_ + "/" + name); }

private:
    // A source of the repository that find() named last.
    class AnyRepository final : public image::Source {
    public:
        explicit AnyRepository(std::shared_ptr<distribution::RegistryClient> client) : client_(std::move(client)) {}
        awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override {
            source_ = std::make_unique<image::RegistrySource>(client_, reference.repository);
            auto found = co_await source_->find(reference);
            co_return found;
        }
        awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override {
            return source_->get_manifest(descriptor);
        }
        awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset) override {
            return source_->open_blob(descriptor, offset);
        }
        awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override {
            return source_->list_referrers(subject);
        }
        std::string mount_origin() const override { return source_ ? source_->mount_origin() : std::string(); }

    private:
        std::shared_ptr<distribution::RegistryClient> client_;
        std::unique_ptr<image::RegistrySource> source_;
    };

    std::string folder_;
    std::shared_ptr<distribution::RegistryClient> client_;
    std::unique_ptr<image::RegistrySink> sink_;
};

awaitable<std::unique_ptr<Place>> make() {
    static int number = 0;
    auto executor = co_await asio::this_coro::executor;
    co_return std::make_unique<Registry>(executor, ++number);
}

} // namespace

PlaceFactory registry_place() { return {.name = "registry", .make = make}; }

} // namespace cang::contract
