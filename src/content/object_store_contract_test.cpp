#include "contract/object_store_contract.hpp"

#include "content/filesystem_store.hpp"
#include "content/memory_store.hpp"
#include "testing/temp_dir.hpp"

#include <latch>

namespace cang::contract {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
public:
    content::ObjectStore& store() override { return store_; }
    void reopen() override {} // memory is the medium itself

private:
    content::MemoryStore store_;
};

class FilesystemUnderTest final : public StoreUnderTest {
public:
    content::ObjectStore& store() override { return *store_; }
    void reopen() override {
        finish_jobs();
        store_ = std::make_unique<content::FilesystemStore>(directory_.path(), pool_);
    }

private:
    // What a dropped ingest left to the pool ends with the process.
    void finish_jobs() {
        auto all_here = std::make_shared<std::latch>(kThreads + 1);
        for (int i = 0; i < kThreads; ++i)
            asio::post(pool_, [all_here] { all_here->arrive_and_wait(); });
        all_here->arrive_and_wait();
    }

    static constexpr int kThreads = 3;
    testing::TempDir directory_;
    async::BlockingPool pool_{kThreads};
    std::unique_ptr<content::FilesystemStore> store_ =
        std::make_unique<content::FilesystemStore>(directory_.path(), pool_);
};

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreContract,
                         ::testing::Values(StoreFactory{"Memory", [] { return std::make_unique<MemoryUnderTest>(); }},
                                           StoreFactory{"Filesystem",
                                                        [] { return std::make_unique<FilesystemUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

} // namespace
} // namespace cang::contract
