#include "image/copy.hpp"

#include "async/for_each_limit.hpp"
#include "image/copy_graph.hpp"
#include "image/resume.hpp"

#include <fmt/format.h>

namespace cang::image {

namespace {

constexpr std::size_t kConcurrentManifests = 8;

std::string to_text(const oci::Descriptor& blob) {
    return fmt::format("{} {}", oci::is_layer(blob.media_type) ? "layer" : "blob", blob.digest.to_string());
}

// One copy on its way: the parties and what was done so far.
class Transfer {
public:
    Transfer(Source& source, Sink& target, const CopyOptions& options, CopyProgress& progress, std::string name)
        : source_(source), target_(target), options_(options), progress_(progress), name_(std::move(name)) {}

    awaitable<CopyResult> run(oci::Reference from, oci::Reference to);

private:
    awaitable<oci::Descriptor> find_root(oci::Reference from);
    awaitable<void> announce(const CopyPlan& plan);
    awaitable<void> send_blobs(const CopyPlan& plan);
    awaitable<void> send_blob(oci::Descriptor blob);
    awaitable<bool> put_unless_present(const oci::Descriptor& blob, std::shared_ptr<SourceState> state);
    awaitable<void> send_manifests(const CopyPlan& plan);
    awaitable<void> send_manifest(oci::Manifest manifest);
    awaitable<void> commit(oci::Manifest root);
    void check_target_holds(const oci::Manifest& root) const;
    bool shows_already(const std::optional<oci::Descriptor>& current, const oci::Manifest& root) const;
    CopyResult unchanged(const oci::Descriptor& root);
    BlobOpener opener(const oci::Descriptor& blob);

    Source& source_;
    Sink& target_;
    const CopyOptions& options_;
    CopyProgress& progress_;
    std::string name_; // of the image, for messages
    std::unique_ptr<Delivery> delivery_;
    CopyResult result_;
};

awaitable<CopyResult> Transfer::run(oci::Reference from, oci::Reference to) {
    auto traits = target_.traits();
    auto found = co_await find_root(std::move(from));
    std::optional<oci::Descriptor> current;
    // New referrers do not change the root, so equal digests say nothing about them.
    bool may_skip = !options_.force && !options_.referrers;
    if (may_skip)
        current = co_await target_.find_current(to);
    if (current && current->digest == found.digest && options_.platforms.empty())
        co_return unchanged(*current);

    GraphLoader loader(source_, options_, progress_, name_);
    auto root = co_await loader.choose_root(std::move(found), traits);
    check_target_holds(root);
    if (shows_already(current, root))
        co_return unchanged(*current);

    delivery_ = co_await target_.begin(to);
    auto graph = co_await loader.load(root, *delivery_);
    auto plan = make_plan(graph, traits);
    co_await announce(plan);
    progress_.planned(plan.blobs.size(), plan.bytes);
    co_await send_blobs(plan);
    co_await send_manifests(plan);
    co_await commit(std::move(root));
    co_return result_;
}

awaitable<oci::Descriptor> Transfer::find_root(oci::Reference from) {
    std::optional<oci::Descriptor> found;
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> { found = co_await source_.find(from); };
    co_await async::retry(retry_policy(options_), std::move(action), report_retry(progress_, name_));
    if (!found) {
        auto error = Error(ErrorKind::not_found, fmt::format("{} does not exist in the source", name_));
        throw error.with_code("MANIFEST_UNKNOWN");
    }
    co_return std::move(*found);
}

void Transfer::check_target_holds(const oci::Manifest& root) const {
    if (target_.traits().referrers)
        return;
    if (options_.referrers)
        throw Error(ErrorKind::unsupported, "the target cannot hold referrers");
    if (!root.is_index() && !oci::is_config(root.config()->media_type))
        throw Error(
            ErrorKind::unsupported,
            fmt::format("{} is an artifact ({}); the target holds container images only", name_, root.artifact_type()));
}

// Places that cannot keep the manifest tell the config's digest, which is Docker's image ID.
bool Transfer::shows_already(const std::optional<oci::Descriptor>& current, const oci::Manifest& root) const {
    if (!current)
        return false;
    return current->digest == root.digest() || (root.config() && current->digest == root.config()->digest);
}

CopyResult Transfer::unchanged(const oci::Descriptor& root) {
    result_.root = root;
    result_.unchanged = true;
    return result_;
}

BlobOpener Transfer::opener(const oci::Descriptor& blob) {
    // The outer lambda is no coroutine, so its captures live as long as the BlobOpener; the inner one has none.
    return [this, blob](std::uint64_t offset) -> awaitable<io::ReaderPtr> {
        if (blob.data && offset <= blob.data->size()) {
            auto open_embedded = [](std::string bytes) -> awaitable<io::ReaderPtr> {
                co_return io::memory_reader(std::move(bytes));
            };
            return open_embedded(blob.data->substr(offset));
        }
        return source_.open_blob(blob, offset);
    };
}

awaitable<void> Transfer::announce(const CopyPlan& plan) {
    for (const auto& image : plan.images)
        if (image.config()) {
            auto open_config = opener(*image.config());
            co_await delivery_->announce(image, open_config);
        }
}

awaitable<void> Transfer::send_blobs(const CopyPlan& plan) {
    std::function<awaitable<void>(std::size_t)> body = [this, &plan](std::size_t i) {
        return send_blob(plan.blobs[i]);
    };
    co_await async::for_each_index(plan.blobs.size(), options_.concurrent_blobs, std::move(body));
}

// Two retries, one in the other: the stream resumes by itself where the source broke; what is retried here is the
// target. When the source has given up, trying again would multiply the attempts.
awaitable<void> Transfer::send_blob(oci::Descriptor blob) {
    progress_.blob_started(blob);
    bool skipped = false;
    std::exception_ptr source_failure;
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
        auto state = std::make_shared<SourceState>();
        try {
            skipped = co_await put_unless_present(blob, state);
        } catch (...) {
            if (!state->gave_up)
                throw;
            source_failure = std::current_exception();
        }
    };
    try {
        co_await async::retry(retry_policy(options_), std::move(action), report_retry(progress_, to_text(blob)));
        if (source_failure)
            std::rethrow_exception(source_failure);
    } catch (Error& error) {
        error.during(fmt::format("copying {}", to_text(blob)));
        throw;
    }
    ++(skipped ? result_.blobs_skipped : result_.blobs_copied);
    progress_.blob_finished(blob, skipped);
}

awaitable<bool> Transfer::put_unless_present(const oci::Descriptor& blob, std::shared_ptr<SourceState> state) {
    bool present = co_await delivery_->has(blob, source_.mount_origin());
    if (present)
        co_return true;
    BlobOpener open = [this, &blob, state](std::uint64_t offset) {
        return open_resuming(opener(blob), offset, retry_policy(options_), report_retry(progress_, to_text(blob)),
                             state);
    };
    ByteCount arrived = [this, &blob](std::uint64_t bytes) {
        result_.bytes_copied += bytes;
        progress_.blob_advanced(blob, bytes);
    };
    co_await delivery_->put_blob(blob, open, arrived);
    co_return false;
}

awaitable<void> Transfer::send_manifests(const CopyPlan& plan) {
    for (const auto& level : plan.levels) {
        std::function<awaitable<void>(std::size_t)> body = [this, &level](std::size_t i) {
            return send_manifest(level[i]);
        };
        co_await async::for_each_index(level.size(), kConcurrentManifests, std::move(body));
    }
}

awaitable<void> Transfer::send_manifest(oci::Manifest manifest) {
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> { co_await delivery_->put_manifest(manifest); };
    auto what = fmt::format("manifest {}", manifest.digest().to_string());
    co_await async::retry(retry_policy(options_), std::move(action), report_retry(progress_, std::move(what)));
    ++result_.manifests_copied;
    progress_.manifest_put(manifest.descriptor());
}

awaitable<void> Transfer::commit(oci::Manifest root) {
    auto policy = retry_policy(options_);
    if (!target_.traits().repeatable_commit)
        policy.attempts = 1;
    std::function<awaitable<void>()> action = [&]() -> awaitable<void> {
        result_.root = co_await delivery_->commit(root);
    };
    auto what = fmt::format("manifest {}", root.digest().to_string());
    co_await async::retry(policy, std::move(action), report_retry(progress_, std::move(what)));
    ++result_.manifests_copied;
    progress_.manifest_put(result_.root);
}

} // namespace

awaitable<CopyResult> copy(Source& source, oci::Reference from, Sink& target, oci::Reference to, CopyOptions options,
                           CopyProgress& progress) {
    Transfer transfer(source, target, options, progress, from.to_string());
    co_return co_await transfer.run(std::move(from), std::move(to));
}

} // namespace cang::image
