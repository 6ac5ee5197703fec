#include "cli/commands.hpp"
#include "cli/document.hpp"
#include "cli/moment.hpp"
#include "cli/server_command.hpp"
#include "cli/server_list.hpp"
#include "io/file_stream.hpp"
#include "io/pending_file.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

namespace json = boost::json;

struct Filter {
    std::string search;
    std::string actor;
    std::string action;
    std::string project;
    std::string result;
    std::string from;
    std::string to;
};

struct ListArguments {
    Filter filter;
    std::string cursor;
    std::uint64_t limit = 50;
    PlaceOptions places;
};

struct ExportArguments {
    Filter filter;
    std::string format = "jsonl";
    std::string file;
    PlaceOptions places;
};

void add_filter(OptionBuilder& builder, Filter& filter) {
    builder.option("--search", "TEXT", filter.search,
                   "Only events with this text in actor, action, resource, address or message.");
    builder.option("--actor", "NAME", filter.actor, "Only what this user or robot did.");
    builder.option("--action", "ACTION", filter.action, "Only this, such as image.push; user is all about users.");
    builder.option("--project", "PROJECT", filter.project, "Only what belongs to this project.");
    builder.option("--result", "RESULT", filter.result, "Only events that ended so: ok, denied or failed.");
    builder.option("--from", "WHEN", filter.from, "Not before: 7d ago, or 2026-12-31.");
    builder.option("--to", "WHEN", filter.to, "Before: 7d ago, or 2026-12-31.");
}

Query query_of(const Filter& filter) {
    auto now = SystemClock().now();
    return {{"search", filter.search},
            {"actor", filter.actor},
            {"action", filter.action},
            {"project", filter.project},
            {"result", filter.result},
            {"from", moment_before("--from", filter.from, now)},
            {"to", moment_before("--to", filter.to, now)}};
}

awaitable<int> run_list(ServerApi& server, const Session& session, const ListArguments& arguments) {
    const auto& project = arguments.filter.project;
    // The project's own log is open to its administrators, too.
    auto path = project.empty() ? "/audit" : fmt::format("/projects/{}/audit", http::percent_encode(project));
    auto query = query_of(arguments.filter);
    query.emplace_back("limit", std::to_string(arguments.limit));
    query.emplace_back("cursor", arguments.cursor);
    auto page = co_await server.get(with_query(std::move(path), query), "reading the audit log");
    const std::vector<Column> columns{
        {"AT", [](const json::object& event) { return text_of(event, "at"); }},
        {"ACTOR", [](const json::object& event) { return text_of(event, "actor"); }},
        {"VIA", [](const json::object& event) { return text_of(event, "via"); }},
        {"ADDRESS", [](const json::object& event) { return text_of(event, "address"); }},
        {"ACTION", [](const json::object& event) { return text_of(event, "action"); }},
        {"RESULT", [](const json::object& event) { return text_of(event, "result"); }},
        {"RESOURCE", [](const json::object& event) { return text_of(event, "resource"); }},
        {"MESSAGE", [](const json::object& event) { return text_of(event, "message"); }},
    };
    print_list(session, page, columns, "no events");
    co_return 0;
}

Command list_command() {
    auto declare = [](OptionBuilder& builder, ListArguments& arguments) {
        add_filter(builder, arguments.filter);
        builder.option("-n,--limit", "N", arguments.limit, 1, 500, "List at most so many; default 50.");
        builder.option("--cursor", "CURSOR", arguments.cursor, "Go on where the page before ended.");
    };
    return server_command<ListArguments>(
        {.name = "list",
         .description = "List who did what, newest first.\n\n"
                        "For administrators of the server; with --project for those of the project, too. --json tells "
                        "what was there before and after each change.",
         .examples = "  cang audit list --server https://cang.example --result denied --from 7d\n"
                     "  cang audit list --project team --action image.delete --json\n"},
        declare, run_list);
}

class StreamWriter final : public io::Writer {
public:
    explicit StreamWriter(std::ostream& stream) : stream_(stream) {}
    awaitable<void> write(ByteView bytes) override {
        auto text = as_text(bytes);
        stream_.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!stream_)
            throw Error(ErrorKind::unavailable, "cannot write to standard output");
        co_return;
    }

private:
    std::ostream& stream_;
};

// Shows under its name when it is complete.
awaitable<std::uint64_t> download_to_file(ServerApi& server, async::BlockingPool& pool, std::string path,
                                          std::string file) {
    auto pending = io::PendingFile::create(file, "writing the audit log");
    io::FileWriter writer(pending->file(), pool, 0, "writing the audit log");
    auto bytes = co_await server.download(std::move(path), writer, "exporting the audit log");
    co_await writer.finish();
    pending->show();
    co_return bytes;
}

awaitable<int> run_export(ServerApi& server, const Session& session, const ExportArguments& arguments) {
    if (session.options.json && arguments.file.empty())
        throw Error(ErrorKind::invalid_argument, "with --json the log itself cannot go to standard output\n"
                                                 "name a file with -o FILE");
    auto query = query_of(arguments.filter);
    query.emplace_back("format", arguments.format);
    auto path = with_query("/audit/export", query);
    if (arguments.file.empty()) {
        StreamWriter writer(session.console.out);
        co_await server.download(std::move(path), writer, "exporting the audit log");
        co_return 0;
    }
    auto bytes = co_await download_to_file(server, server.pool(), std::move(path), arguments.file);
    if (session.options.json)
        session.print_json(json::object{{"file", arguments.file}, {"bytes", bytes}});
    session.print(fmt::format("wrote {} to {}", human_bytes(bytes), arguments.file));
    co_return 0;
}

Command export_command_of_audit() {
    auto declare = [](OptionBuilder& builder, ExportArguments& arguments) {
        add_filter(builder, arguments.filter);
        builder.option("--format", "FORMAT", arguments.format, "jsonl, a JSON document a line, or csv; default jsonl.");
        builder.option("-o,--output", "FILE", arguments.file, "Write into this file instead of standard output.");
    };
    return server_command<ExportArguments>(
        {.name = "export",
         .description = "Export the audit log, newest first. For administrators of the server.\n\n"
                        "It is as long as it is; filters make it shorter.",
         .examples = "  cang audit export --format csv -o audit.csv --server https://cang.example\n"
                     "  cang audit export --from 24h | jq -r 'select(.result == \"denied\") | .actor'\n"},
        declare, run_export);
}

} // namespace

Command audit_command() {
    return {
        .name = "audit",
        .description = "Read the audit log of a server: who did what, from where, and how it ended.",
        .examples = "  cang audit list --server https://cang.example --actor alice\n"
                    "  cang audit export --format csv -o audit.csv --server https://cang.example\n",
        .environment = {},
        .declare = {},
        .commands = {list_command(), export_command_of_audit()},
    };
}

} // namespace cang::cli
