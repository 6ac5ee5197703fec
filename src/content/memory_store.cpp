#include "content/memory_store.hpp"

#include "content/ingest_id.hpp"
#include "content/verify.hpp"

namespace cang::content {

struct MemoryStore::State {
    struct Upload {
        std::string bytes;
        Timestamp updated_at;
        bool held = false;
    };

    std::mutex mutex;
    std::map<oci::Digest, std::shared_ptr<const std::string>> objects;
    std::map<std::string, std::shared_ptr<Upload>> uploads;
};

class MemoryStore::MemoryIngest final : public Ingest {
public:
    MemoryIngest(std::shared_ptr<State> state, std::string id, std::shared_ptr<State::Upload> upload)
        : state_(std::move(state)), id_(std::move(id)), upload_(std::move(upload)) {}

    ~MemoryIngest() override {
        std::lock_guard lock(state_->mutex);
        upload_->held = false;
    }

    const std::string& id() const override { return id_; }

    std::uint64_t offset() const override { return upload_->bytes.size(); }

    awaitable<void> write(ByteView chunk) override {
        std::lock_guard lock(state_->mutex);
        upload_->bytes += as_text(chunk);
        upload_->updated_at = SystemClock().now();
        co_return;
    }

    awaitable<void> suspend() override { co_return; }

    awaitable<ObjectInfo> commit(const oci::Digest& expected) override {
        if (committed_ && committed_->digest == expected)
            co_return *committed_;
        auto found = oci::Digest::of(upload_->bytes, expected.algorithm());
        std::lock_guard lock(state_->mutex);
        state_->uploads.erase(id_);
        require_same_digest(found, expected);
        ObjectInfo object{expected, upload_->bytes.size()};
        state_->objects.emplace(expected, std::make_shared<const std::string>(std::move(upload_->bytes)));
        committed_ = object;
        co_return object;
    }

    awaitable<void> abort() override {
        std::lock_guard lock(state_->mutex);
        state_->uploads.erase(id_);
        co_return;
    }

private:
    std::shared_ptr<State> state_;
    std::string id_;
    std::shared_ptr<State::Upload> upload_;
    std::optional<ObjectInfo> committed_;
};

MemoryStore::MemoryStore() : state_(std::make_shared<State>()) {}

MemoryStore::~MemoryStore() = default;

awaitable<std::optional<ObjectInfo>> MemoryStore::find(const oci::Digest& digest) {
    std::lock_guard lock(state_->mutex);
    auto found = state_->objects.find(digest);
    if (found == state_->objects.end())
        co_return std::nullopt;
    co_return ObjectInfo(digest, found->second->size());
}

awaitable<io::ReaderPtr> MemoryStore::open(const oci::Digest& digest, ByteRange range) {
    std::lock_guard lock(state_->mutex);
    auto found = state_->objects.find(digest);
    if (found == state_->objects.end())
        throw_no_object(digest);
    auto part = cut_range(range, found->second->size());
    if (part.length == found->second->size())
        co_return io::memory_reader(found->second);
    co_return io::memory_reader(found->second->substr(part.offset, part.length));
}

awaitable<std::unique_ptr<Ingest>> MemoryStore::begin_ingest(oci::DigestAlgorithm) {
    co_return co_await ensure_ingest(new_ingest_id());
}

awaitable<std::unique_ptr<Ingest>> MemoryStore::ensure_ingest(const std::string& id) {
    require_ingest_id(id);
    {
        std::lock_guard lock(state_->mutex);
        auto& upload = state_->uploads[id];
        if (!upload) {
            upload = std::make_shared<State::Upload>();
            upload->updated_at = SystemClock().now();
        }
    }
    co_return co_await resume_ingest(id);
}

awaitable<std::unique_ptr<Ingest>> MemoryStore::resume_ingest(const std::string& id) {
    require_ingest_id(id);
    std::lock_guard lock(state_->mutex);
    auto found = state_->uploads.find(id);
    if (found == state_->uploads.end())
        co_return nullptr;
    if (std::exchange(found->second->held, true))
        throw_ingest_held();
    co_return std::make_unique<MemoryIngest>(state_, id, found->second);
}

awaitable<std::vector<IngestInfo>> MemoryStore::list_ingests() {
    std::lock_guard lock(state_->mutex);
    std::vector<IngestInfo> ingests;
    for (const auto& [id, upload] : state_->uploads)
        ingests.push_back({id, upload->bytes.size(), upload->updated_at});
    co_return ingests;
}

awaitable<int> MemoryStore::open_file(const oci::Digest&) { co_return -1; }

awaitable<bool> MemoryStore::erase(const oci::Digest& digest) {
    std::lock_guard lock(state_->mutex);
    co_return state_->objects.erase(digest) != 0;
}

awaitable<void> MemoryStore::walk(std::function<void(const ObjectInfo&)> visit) {
    std::vector<ObjectInfo> objects;
    {
        std::lock_guard lock(state_->mutex);
        for (const auto& [digest, bytes] : state_->objects)
            objects.push_back({digest, bytes->size()});
    }
    for (const auto& object : objects)
        visit(object);
    co_return;
}

} // namespace cang::content
