#include "registry/collection_operation.hpp"

#include <boost/json/value.hpp>

namespace cang::registry {

namespace {

warehouse::CollectOptions options_of(const boost::json::object& input) {
    return {.dry_run = input.at("dryRun").as_bool(),
            .untagged = input.at("untagged").as_bool(),
            .upload_expiry = std::chrono::milliseconds(input.at("uploadExpiryMillis").to_number<std::int64_t>())};
}

// A part a phase.
class PhaseProgress {
public:
    explicit PhaseProgress(operation::Progress& progress) : progress_(progress) {}

    void tell(const warehouse::CollectProgress& now) {
        if (now.phase != phase_) {
            progress_.finish(part_);
            phase_ = now.phase;
            done_ = 0;
            part_ = progress_.add_part(phase_, now.total);
        }
        if (now.done > done_)
            progress_.advance(part_, now.done - std::exchange(done_, now.done));
    }

private:
    operation::Progress& progress_;
    operation::Progress::Part part_ = operation::Progress::whole;
    std::string phase_;
    std::uint64_t done_ = 0;
};

awaitable<boost::json::object> run(Collection& collection, operation::Context& context) {
    auto options = options_of(context.spec().input);
    PhaseProgress progress(context.progress());
    auto tell = [&progress](const warehouse::CollectProgress& now) { progress.tell(now); };
    auto result = co_await collection.run(options, std::move(tell));
    co_return collection_document(result, options.dry_run);
}

} // namespace

operation::Spec collection_spec(const warehouse::CollectOptions& options, std::string requested_by) {
    operation::Spec spec;
    spec.type = "registry.gc";
    spec.title = options.dry_run ? "Tell what a collection would free" : "Collect garbage";
    spec.input = {{"dryRun", options.dry_run},
                  {"untagged", options.untagged},
                  {"uploadExpiryMillis", options.upload_expiry.count()}};
    spec.requested_by = std::move(requested_by);
    return spec;
}

operation::Task collection_task(Collection& collection) {
    auto work = [&collection](operation::Context& context) { return run(collection, context); };
    return {operation::get_type("registry.gc"), std::move(work)};
}

boost::json::object collection_document(const warehouse::CollectResult& result, bool dry_run) {
    return {{"dryRun", dry_run},
            {"manifests", result.manifests},
            {"objects", result.objects},
            {"bytes", result.bytes},
            {"uploads", result.uploads}};
}

awaitable<boost::json::object> collect_and_wait(operation::Runner& runner, operation::Spec spec) {
    auto started = co_await runner.start(std::move(spec));
    auto ended = co_await runner.wait(started.id);
    if (ended.failure)
        throw Error(ended.failure->kind, ended.failure->message);
    co_return ended.result.value_or(boost::json::object{});
}

} // namespace cang::registry
