#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/place_opener.hpp"
#include "cli/step_progress.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    bool deep = false;
    PlaceOptions places;
};

boost::json::object to_json(const warehouse::FsckResult& result) {
    boost::json::array problems;
    for (const auto& problem : result.problems)
        problems.push_back(boost::json::object{
            {"what", problem.what}, {"digest", problem.digest}, {"repository", problem.repository}});
    return {{"objects", result.objects},
            {"manifests", result.manifests},
            {"bytes", result.bytes},
            {"problems", std::move(problems)}};
}

awaitable<int> run_fsck(Runtime& runtime, const Session& session, const Arguments& arguments) {
    PlaceOpener opener(runtime, session);
    auto& warehouse = opener.open_warehouse(arguments.places);
    StepProgress progress(session);
    auto report = progress.receiver();
    auto result = co_await warehouse::check(warehouse, arguments.deep, std::move(report));
    progress.end();
    if (session.options.json)
        session.print_json(to_json(result));
    for (const auto& problem : result.problems)
        session.print(fmt::format("{}: {}{}", problem.what, problem.digest,
                                  problem.repository.empty() ? "" : " in " + problem.repository));
    session.print(fmt::format("{} objects, {}, {} manifests: {}", result.objects, human_bytes(result.bytes),
                              result.manifests,
                              result.problems.empty() ? "clean" : fmt::format("{} problems", result.problems.size())));
    co_return result.problems.empty() ? 0 : 1;
}

} // namespace

Command fsck_command() {
    return {
        .name = "fsck",
        .description = "Check the warehouse of a data directory.\n\n"
                       "Compares what the database says with the objects on disk. Exits 1 when there are problems and "
                       "changes nothing. No server may run on the directory.",
        .examples = "  cang fsck --data /var/lib/cang\n"
                    "  cang fsck --data /var/lib/cang --deep --json\n",
        .environment = {"CANG_DATA"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.option("--data", "DIR", arguments->places.data, "Data directory to check.");
            builder.flag("--deep", arguments->deep, "Read and hash every object, instead of looking at sizes only.");
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_fsck(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
