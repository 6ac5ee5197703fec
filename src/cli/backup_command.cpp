#include "backup/prune.hpp"
#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/place_options.hpp"
#include "cli/runtime.hpp"
#include "cli/step_progress.hpp"
#include "image/places/warehouse/data_directory.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string directory;
    std::string data;
    bool list = false;
    std::uint64_t keep = 0; // 0: all
};

int list_backups(const Session& session, const Arguments& arguments) {
    auto directory = backup::Directory::open_to_read(arguments.directory);
    boost::json::array items;
    for (const auto& name : directory.list()) {
        auto contents = directory.get_contents(name);
        session.print(fmt::format("{}  {} objects, {}, made by cang {}", name, contents.objects,
                                  human_bytes(contents.bytes), contents.version));
        items.push_back(boost::json::object{{"name", name},
                                            {"createdAt", to_rfc3339(contents.created_at)},
                                            {"version", contents.version},
                                            {"objects", contents.objects},
                                            {"bytes", contents.bytes}});
    }
    if (session.options.json)
        session.print_json(boost::json::object{{"items", std::move(items)}});
    return 0;
}

void print_result(const Session& session, const backup::Created& created, const backup::Pruned& pruned) {
    if (session.options.json)
        session.print_json(
            boost::json::object{{"name", created.name},
                                {"objects", created.objects},
                                {"bytes", created.bytes},
                                {"newObjects", created.new_objects},
                                {"newBytes", created.new_bytes},
                                {"databaseBytes", created.database_bytes},
                                {"removed", boost::json::array(pruned.names.begin(), pruned.names.end())},
                                {"freedObjects", pruned.objects},
                                {"freedBytes", pruned.bytes}});
    session.print(fmt::format("backup {}: {} objects, {}", created.name, created.objects, human_bytes(created.bytes)));
    session.print(fmt::format("new in it: {} objects, {}, and the database, {}", created.new_objects,
                              human_bytes(created.new_bytes), human_bytes(created.database_bytes)));
    if (!pruned.names.empty())
        session.print(fmt::format("removed {} old backups and {} objects, {}", pruned.names.size(), pruned.objects,
                                  human_bytes(pruned.bytes)));
}

awaitable<int> run_backup(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto data = arguments.data.empty() ? session.console.environment("CANG_DATA") : arguments.data;
    if (data.empty())
        throw Error(ErrorKind::invalid_argument, "the data directory is missing\nset --data DIR or CANG_DATA");
    // Before anything is created at the target.
    warehouse::DataDirectory::require(data);
    auto directory = backup::Directory::open_to_write(arguments.directory);
    StepProgress progress(session);
    auto created = co_await backup::create(directory, data, runtime.clock, runtime.pool, progress.receiver());
    backup::Pruned pruned;
    if (arguments.keep > 0)
        pruned = co_await backup::prune(directory, arguments.keep, runtime.pool, progress.receiver());
    progress.end();
    print_result(session, created, pruned);
    co_return 0;
}

} // namespace

Command backup_command() {
    return {
        .name = "backup",
        .description =
            "Back up the data directory of a server, while it runs or not.\n\n"
            "DIRECTORY holds any number of backups. They share the blobs that they have in common, so each further one "
            "copies the database and what is new; on the filesystem of the data directory blobs are hard links. A "
            "backup has every image that was acknowledged before it began, and the keys of the server: keep DIRECTORY "
            "as safe as the data directory. It shows only when it is whole and on the disk, and may be killed at any "
            "moment.\n\n"
            "The server goes on serving pushes; only garbage collections are refused meanwhile. Uploads and archives "
            "in progress are not part of a backup. Facts kept in PostgreSQL are unsupported: back up PostgreSQL with "
            "its own tools.",
        .examples = "  cang backup --data /var/lib/cang /backup/cang\n"
                    "  cang backup --data /var/lib/cang /backup/cang --keep 14\n"
                    "  cang backup --list /backup/cang\n",
        .environment = {"CANG_DATA"},
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("DIRECTORY", arguments->directory,
                               "Directory of backups; a new one is made when it does not exist.");
            builder.option("--data", "DIR", arguments->data, "Data directory to back up.");
            builder.option("--keep", "N", arguments->keep, 1, 100'000,
                           "Remove all backups but the newest N afterwards, and the blobs that none of those needs.");
            builder.flag("-l,--list", arguments->list, "List the backups, oldest first, instead of making one.");
            return [arguments, &session] {
                if (arguments->list)
                    return list_backups(session, *arguments);
                return run_to_end([&](Runtime& runtime) { return run_backup(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
