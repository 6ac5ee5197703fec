#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/place_opener.hpp"
#include "cli/server_collection.hpp"
#include "cli/step_progress.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    bool dry_run = false;
    bool untagged = false;
    std::uint64_t grace_seconds = 3600;
    PlaceOptions places;
};

void print_result(const Session& session, const warehouse::CollectResult& result, bool dry_run) {
    if (session.options.json)
        session.print_json(boost::json::object{{"dryRun", dry_run},
                                               {"manifests", result.manifests},
                                               {"objects", result.objects},
                                               {"bytes", result.bytes},
                                               {"uploads", result.uploads}});
    session.print(fmt::format("{} {}: {} objects, {} manifests, {} abandoned uploads", dry_run ? "would free" : "freed",
                              human_bytes(result.bytes), result.objects, result.manifests, result.uploads));
}

awaitable<int> run_gc(Runtime& runtime, const Session& session, const Arguments& arguments) {
    warehouse::CollectOptions options{.dry_run = arguments.dry_run, .untagged = arguments.untagged};
    auto places = with_environment(arguments.places, session.console);
    if (!places.server.empty()) {
        auto result = co_await collect_on_server(runtime, session, places, options);
        print_result(session, result, options.dry_run);
        co_return 0;
    }
    PlaceOpener opener(runtime, session);
    auto& warehouse = opener.open_warehouse(places, std::chrono::seconds(arguments.grace_seconds));
    StepProgress progress(session);
    auto report = progress.receiver();
    auto result = co_await warehouse::collect(warehouse, options, std::move(report));
    progress.end();
    print_result(session, result, options.dry_run);
    co_return 0;
}

} // namespace

Command gc_command() {
    return {
        .name = "gc",
        .description =
            "Free the bytes that nothing in the warehouse refers to.\n\n"
            "On a server (--server) the collection runs while pushes go on; on a data directory (--data) no server may "
            "run. Blobs and manifests that a push has touched lately are kept.",
        .examples = "  cang gc --data /var/lib/cang --dry-run\n"
                    "  cang gc --server http://127.0.0.1:5000 --creds admin --untagged\n",
        .environment = {"CANG_SERVER", "CANG_DATA", "CANG_PASSWORD"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.flag("-n,--dry-run", arguments->dry_run, "Only tell what would be freed.");
            builder.flag("--untagged", arguments->untagged,
                         "Also remove manifests that no tag, index or subject reaches.");
            builder.option("--grace", "SECONDS", arguments->grace_seconds, 0, 31'536'000,
                           "With --data: keep what was pushed within this time; default 3600.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_gc(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
