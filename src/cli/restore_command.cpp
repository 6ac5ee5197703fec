#include "backup/restore.hpp"
#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/runtime.hpp"
#include "cli/step_progress.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string directory;
    std::string data;
    std::string at;
};

awaitable<int> run_restore(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto directory = backup::Directory::open_to_read(arguments.directory);
    StepProgress progress(session);
    auto restored =
        co_await backup::restore(directory, arguments.at, arguments.data, runtime.pool, progress.receiver());
    progress.end();
    if (session.options.json)
        session.print_json(
            boost::json::object{{"name", restored.name}, {"objects", restored.objects}, {"bytes", restored.bytes}});
    session.print(fmt::format("restored backup {} to {}: {} objects, {}", restored.name, arguments.data,
                              restored.objects, human_bytes(restored.bytes)));
    co_return 0;
}

} // namespace

Command restore_command() {
    return {
        .name = "restore",
        .description = "Make a data directory from a backup.\n\n"
                       "Every blob is verified by its digest on the way. When some are damaged or missing, all of them "
                       "are named and nothing is left behind. The new directory is on the disk when the command ends; "
                       "`cang serve --data` starts on it as it was at the time of the backup, with the same keys and "
                       "passwords.",
        .examples = "  cang restore /backup/cang --data /var/lib/cang-restored\n"
                    "  cang restore /backup/cang --at 20261126T054917.123Z --data /var/lib/cang-restored\n",
        .environment = {},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("DIRECTORY", arguments->directory, "Directory of backups.");
            builder.required_option("--data", "DIR", arguments->data,
                                    "The data directory to make; must be absent or empty.");
            builder.option("--at", "NAME", arguments->at,
                           "The backup to restore, as `cang backup --list` names it; default: the newest.");
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_restore(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
