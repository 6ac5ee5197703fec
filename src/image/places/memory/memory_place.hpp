// A place in memory: source, sink and listing. It keeps every format there is, counts its calls, and breaks on request,
// which is what tests need.
//
// Repositories are named "registry/repository". Belongs to one executor; its readers and deliveries must not outlive
// it.
#pragma once

#include "image/random.hpp"
#include "image/sink.hpp"
#include "image/source.hpp"

#include <set>

namespace cang::image {

// How often each method was called, and how many bytes its readers gave.
struct MemoryCalls {
    std::size_t find = 0;
    std::size_t get_manifest = 0;
    std::size_t open_blob = 0;
    std::size_t list_referrers = 0;
    std::size_t find_current = 0;
    std::size_t begin = 0;
    std::size_t announce = 0;
    std::size_t has = 0;
    std::size_t put_blob = 0;
    std::size_t put_manifest = 0;
    std::size_t commit = 0;
    std::uint64_t bytes_read = 0;
};

class MemoryPlace final : public Source, public Sink, public Listing {
public:
    MemoryPlace();
    ~MemoryPlace() override;

    // -- Source
    awaitable<std::optional<oci::Descriptor>> find(const oci::Reference& reference) override;
    awaitable<oci::Manifest> get_manifest(const oci::Descriptor& descriptor) override;
    awaitable<io::ReaderPtr> open_blob(const oci::Descriptor& descriptor, std::uint64_t offset = 0) override;
    awaitable<std::vector<oci::Descriptor>> list_referrers(const oci::Digest& subject) override;
    std::string mount_origin() const override { return mount_origin_; }

    // -- Sink. A blob whose transfer broke keeps what arrived, in any delivery.
    SinkTraits traits() const override { return traits_; }
    awaitable<std::unique_ptr<Delivery>> begin(const oci::Reference& target) override;
    awaitable<std::optional<oci::Descriptor>> find_current(const oci::Reference& target) override;

    // -- Listing
    awaitable<std::vector<std::string>> list_tags(const std::string& repository, const std::string& last,
                                                  std::size_t limit) override;
    awaitable<std::vector<std::string>> list_repositories(const std::string& last, std::size_t limit) override;

    // -- direct access
    // Stores `content` and lets `reference` name its root.
    void add(const oci::Reference& reference, const ImageContent& content);
    bool has_blob(const oci::Digest& digest) const;
    bool has_manifest(const oci::Digest& digest) const;
    std::size_t blob_count() const;
    void erase_blob(const oci::Digest& digest);
    // Replaces the bytes, so that they no longer are what the digest says.
    void damage_blob(const oci::Digest& digest, std::string bytes);
    void set_traits(SinkTraits traits) { traits_ = traits; }
    void set_mount_origin(std::string origin) { mount_origin_ = std::move(origin); }

    // -- failures
    // The next `times` readers of the blob throw Error{unavailable} "the connection broke" after `bytes` bytes.
    void break_blob(const oci::Digest& digest, std::uint64_t bytes, int times = 1);
    // The next `times` manifests asked for throw Error{unavailable} "the server is busy".
    void break_manifests(int times) { broken_manifests_ = times; }
    // The next `times` calls of commit() throw Error{rate_limited} "the server is busy" with a Retry-After of 1 ms.
    void break_commits(int times) { broken_commits_ = times; }
    // put_manifest() and commit() throw Error{permission_denied} "the place is read-only".
    void refuse_manifests(bool refuse) { refuse_manifests_ = refuse; }

    const MemoryCalls& calls() const noexcept { return calls_; }
    void forget_calls() { calls_ = {}; }

private:
    friend class MemoryDelivery;

    struct Repository {
        std::map<std::string, oci::Digest> tags;
        std::set<oci::Digest> manifests;
    };
    struct Break {
        std::uint64_t after = 0;
        int times = 0;
    };

    std::optional<oci::Descriptor> look_up(const oci::Reference& reference) const;

    std::map<oci::Digest, oci::Manifest> manifests_;
    std::map<oci::Digest, std::shared_ptr<const std::string>> blobs_;
    std::map<oci::Digest, std::string> partial_; // what broken transfers left
    std::map<std::string, Repository> repositories_;
    std::map<oci::Digest, Break> breaks_;
    int broken_manifests_ = 0;
    int broken_commits_ = 0;
    bool refuse_manifests_ = false;
    SinkTraits traits_;
    std::string mount_origin_;
    MemoryCalls calls_;
};

} // namespace cang::image
