// For this room's tests: one worker's random life with a warehouse, and the memory of what was acknowledged to it.
#pragma once

#include "image/places/warehouse/lists.hpp"
#include "image/places/warehouse/warehouse_fixture.hpp"

#include <random>

namespace cang::warehouse {

// Pushes, deletes, mounts, looks and collects at random in a repository of its own, over a few images that all workers
// share, so that the same blobs come and go everywhere.
class Churn {
public:
    Churn(Warehouse& warehouse, std::uint32_t seed) : warehouse_(warehouse), random_(seed) {
        repository_ = "worker/" + std::to_string(seed);
    }

    // What was acknowledged is reported through `told`: a tag and the digest it shows from now on, empty for none. It
    // is called before and after each step, because a kill may fall between the two.
    std::function<void(const std::string& tag, const std::string& digest, bool done)> told;

    awaitable<void> step() {
        std::string tag = "t" + std::to_string(random_() % 3);
        SmallImage image = make_image("shared " + std::to_string(random_() % 5));
        switch (random_() % 6) {
        case 0:
        case 1:
        case 2: co_await push(tag, std::move(image)); break;
        case 3: co_await remove(tag); break;
        case 4: co_await look(std::move(image)); break;
        default: co_await collect_some(); break;
        }
    }

    const std::string& repository() const { return repository_; }
    // Tags that must be there, and what they must show.
    const std::map<std::string, std::string>& expected() const { return expected_; }

private:
    // As a client does: asks for each blob, mounts or sends what is missing, then the manifest.
    awaitable<void> push(std::string tag, SmallImage image) {
        for (const std::string& blob : image.blobs) {
            auto digest = oci::Digest::of(std::string_view(blob));
            auto present = co_await warehouse_.find_blob(repository_, digest);
            if (present)
                continue;
            bool mounted = co_await warehouse_.mount_blob(repository_, digest, "");
            if (!mounted)
                co_await push_blob(warehouse_, repository_, blob);
        }
        std::string digest = image.manifest.digest().to_string();
        tell(tag, digest, false);
        std::vector<std::string> tags{tag};
        co_await warehouse_.put_manifest(repository_, image.manifest, tags);
        expected_[tag] = digest;
        tell(tag, digest, true);
    }

    awaitable<void> remove(std::string tag) {
        auto found = expected_.find(tag);
        if (found == expected_.end())
            co_return;
        std::string digest = found->second;
        std::erase_if(expected_, [&](const auto& one) { return one.second == digest; });
        for (int t = 0; t < 3; ++t)
            tell("t" + std::to_string(t), "", false);
        co_await warehouse_.delete_manifest(repository_, oci::require_digest(digest));
        for (int t = 0; t < 3; ++t)
            tell("t" + std::to_string(t), expected_["t" + std::to_string(t)], true);
        std::erase_if(expected_, [](const auto& one) { return one.second.empty(); });
    }

    awaitable<void> look(SmallImage image) {
        for (const auto& [tag, digest] : expected_) {
            StoredManifestPtr found = co_await warehouse_.find_manifest(repository_, tag);
            EXPECT_TRUE(found != nullptr) << tag;
            EXPECT_EQ(found ? found->digest_text : "", digest);
        }
        ImageQuery query{.repository = repository_};
        auto page = co_await list_images(warehouse_, query);
        std::map<std::string, std::string> listed;
        for (const ImageEntry& entry : page.entries)
            listed[entry.tag] = entry.digest.to_string();
        for (const auto& [tag, digest] : expected_)
            EXPECT_EQ(listed[tag], digest) << repository_ << ":" << tag;
        co_await warehouse_.find_blob(repository_, oci::Digest::of(image.blobs[1]));
    }

    awaitable<void> collect_some() {
        CollectOptions options;
        options.untagged = random_() % 2 == 0;
        co_await collect(warehouse_, options);
    }

    void tell(const std::string& tag, const std::string& digest, bool done) {
        if (told)
            told(tag, digest, done);
    }

    Warehouse& warehouse_;
    std::mt19937 random_;
    std::string repository_;
    std::map<std::string, std::string> expected_;
};

} // namespace cang::warehouse
