// The object store as the warehouse hands it out: a committed ingest keeps its object from the collector until the
// ingest is destroyed, and counts as a touch after that, so that link_blob() finds the object whole.
#pragma once

#include "content/object_store.hpp"
#include "image/places/warehouse/digest_guard.hpp"

namespace cang::warehouse {

class GuardedStore final : public content::ObjectStore {
public:
    GuardedStore(content::ObjectStore& inner, DigestGuard& guard, const Clock& clock)
        : inner_(inner), guard_(guard), clock_(clock) {}

    awaitable<std::optional<content::ObjectInfo>> find(const oci::Digest& digest) override;
    awaitable<io::ReaderPtr> open(const oci::Digest& digest, content::ByteRange range) override;
    awaitable<std::unique_ptr<content::Ingest>> begin_ingest(oci::DigestAlgorithm algorithm) override;
    awaitable<std::unique_ptr<content::Ingest>> ensure_ingest(const std::string& id) override;
    awaitable<std::unique_ptr<content::Ingest>> resume_ingest(const std::string& id) override;
    awaitable<std::vector<content::IngestInfo>> list_ingests() override;
    awaitable<int> open_file(const oci::Digest& digest) override;
    awaitable<bool> erase(const oci::Digest& digest) override;
    awaitable<void> walk(std::function<void(const content::ObjectInfo&)> visit) override;

private:
    std::unique_ptr<content::Ingest> guarded(std::unique_ptr<content::Ingest> ingest);

    content::ObjectStore& inner_;
    DigestGuard& guard_;
    const Clock& clock_;
};

} // namespace cang::warehouse
