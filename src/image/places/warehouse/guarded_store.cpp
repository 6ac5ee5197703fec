#include "image/places/warehouse/guarded_store.hpp"

namespace cang::warehouse {

namespace {

class GuardedIngest final : public content::Ingest {
public:
    GuardedIngest(std::unique_ptr<content::Ingest> inner, DigestGuard& guard, const Clock& clock)
        : inner_(std::move(inner)), guard_(guard), clock_(clock) {}

    const std::string& id() const override { return inner_->id(); }
    std::uint64_t offset() const override { return inner_->offset(); }
    awaitable<void> write(ByteView chunk) override { return inner_->write(chunk); }
    MutableBytes buffer() override { return inner_->buffer(); }
    awaitable<void> advance(std::size_t bytes) override { return inner_->advance(bytes); }
    awaitable<void> suspend() override { return inner_->suspend(); }
    awaitable<void> abort() override { return inner_->abort(); }

    // Pinned before the commit: when the object is there already, the commit adds nothing and relies on the old one.
    awaitable<content::ObjectInfo> commit(const oci::Digest& expected) override {
        DigestGuard::Pin pin = co_await guard_.pin(expected);
        content::ObjectInfo object = co_await inner_->commit(expected);
        guard_.touch(expected, clock_.now());
        pin_.emplace(std::move(pin));
        co_return object;
    }

private:
    std::unique_ptr<content::Ingest> inner_;
    DigestGuard& guard_;
    const Clock& clock_;
    std::optional<DigestGuard::Pin> pin_;
};

} // namespace

std::unique_ptr<content::Ingest> GuardedStore::guarded(std::unique_ptr<content::Ingest> ingest) {
    if (!ingest)
        return nullptr;
    return std::make_unique<GuardedIngest>(std::move(ingest), guard_, clock_);
}

awaitable<std::unique_ptr<content::Ingest>> GuardedStore::begin_ingest(oci::DigestAlgorithm algorithm) {
    auto ingest = co_await inner_.begin_ingest(algorithm);
    co_return guarded(std::move(ingest));
}

awaitable<std::unique_ptr<content::Ingest>> GuardedStore::ensure_ingest(const std::string& id) {
    auto ingest = co_await inner_.ensure_ingest(id);
    co_return guarded(std::move(ingest));
}

awaitable<std::unique_ptr<content::Ingest>> GuardedStore::resume_ingest(const std::string& id) {
    auto ingest = co_await inner_.resume_ingest(id);
    co_return guarded(std::move(ingest));
}

awaitable<std::optional<content::ObjectInfo>> GuardedStore::find(const oci::Digest& digest) {
    return inner_.find(digest);
}
awaitable<io::ReaderPtr> GuardedStore::open(const oci::Digest& digest, content::ByteRange range) {
    return inner_.open(digest, range);
}
awaitable<std::vector<content::IngestInfo>> GuardedStore::list_ingests() { return inner_.list_ingests(); }
awaitable<int> GuardedStore::open_file(const oci::Digest& digest) { return inner_.open_file(digest); }
awaitable<bool> GuardedStore::erase(const oci::Digest& digest) { return inner_.erase(digest); }
awaitable<void> GuardedStore::walk(std::function<void(const content::ObjectInfo&)> visit) {
    return inner_.walk(std::move(visit));
}

} // namespace cang::warehouse
