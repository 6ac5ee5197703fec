#include "registry/collection.hpp"

#include "base/log.hpp"

namespace cang::registry {

namespace {

class Turn {
public:
    explicit Turn(std::atomic_flag& running) : running_(running) {
        if (running_.test_and_set())
            throw Error(ErrorKind::conflict, "a garbage collection is running already");
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { running_.clear(); }

private:
    std::atomic_flag& running_;
};

} // namespace

awaitable<warehouse::CollectResult> Collection::run(warehouse::CollectOptions options,
                                                    std::function<void(const warehouse::CollectProgress&)> progress) {
    Turn turn(running_);
    auto dry_run = options.dry_run;
    auto started = std::chrono::steady_clock::now();
    auto result = co_await warehouse::collect(warehouse_, options, std::move(progress));
    auto took = std::chrono::steady_clock::now() - started;
    if (!dry_run) {
        ++runs_;
        freed_bytes_ += result.bytes;
        freed_objects_ += result.objects;
    }
    log::info("collected", {{"dry_run", dry_run ? "true" : "false"},
                            {"manifests", std::to_string(result.manifests)},
                            {"objects", std::to_string(result.objects)},
                            {"bytes", std::to_string(result.bytes)},
                            {"uploads", std::to_string(result.uploads)},
                            {"ms", std::to_string(std::chrono::ceil<std::chrono::milliseconds>(took).count())}});
    co_return result;
}

CollectionTotals Collection::totals() const {
    return {.runs = runs_.load(), .freed_bytes = freed_bytes_.load(), .freed_objects = freed_objects_.load()};
}

} // namespace cang::registry
