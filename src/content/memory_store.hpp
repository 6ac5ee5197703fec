// An object store that forgets: for tests and for copies whose other end is memory.
#pragma once

#include "content/object_store.hpp"

#include <map>
#include <mutex>
#include <set>

namespace cang::content {

class MemoryStore final : public ObjectStore {
public:
    MemoryStore();
    ~MemoryStore() override;

    awaitable<std::optional<ObjectInfo>> find(const oci::Digest& digest) override;
    awaitable<io::ReaderPtr> open(const oci::Digest& digest, ByteRange range = {}) override;
    awaitable<std::unique_ptr<Ingest>>
    begin_ingest(oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256) override;
    awaitable<std::unique_ptr<Ingest>> ensure_ingest(const std::string& id) override;
    awaitable<std::unique_ptr<Ingest>> resume_ingest(const std::string& id) override;
    awaitable<std::vector<IngestInfo>> list_ingests() override;
    awaitable<int> open_file(const oci::Digest& digest) override;
    awaitable<bool> erase(const oci::Digest& digest) override;
    awaitable<void> walk(std::function<void(const ObjectInfo&)> visit) override;

private:
    class MemoryIngest;
    struct State; // shared with the ingests

    std::shared_ptr<State> state_;
};

} // namespace cang::content
