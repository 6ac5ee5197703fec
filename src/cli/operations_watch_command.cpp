#include "async/sleep.hpp"
#include "cli/commands.hpp"
#include "cli/operation_view.hpp"
#include "cli/printable.hpp"
#include "cli/server_command.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <ostream>

namespace cang::cli {

namespace {

constexpr std::chrono::milliseconds kInterval{250};

// One line that is drawn over itself on a terminal, nothing elsewhere. The destructor wipes it.
class ProgressLine {
public:
    explicit ProgressLine(const Session& session) : session_(session) {}
    ~ProgressLine() { wipe(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void draw(const std::string& line) {
        if (!session_.shows_bars() || line.empty())
            return;
        session_.console.err << "\r\x1b[K" << line.substr(0, session_.console.columns - 1) << std::flush;
        drawn_ = true;
    }
    void wipe() {
        if (std::exchange(drawn_, false))
            session_.console.err << "\r\x1b[K" << std::flush;
    }

private:
    const Session& session_;
    bool drawn_ = false;
};

class Watch {
public:
    Watch(ServerApi& server, const Session& session, const std::string& id)
        : server_(server), session_(session), id_(id), line_(session) {}

    // The document of the operation that has ended.
    awaitable<boost::json::object> run() {
        for (;;) {
            auto document = co_await server_.get(operation_path(id_), "watching the operation");
            auto operation = OperationView::read(document);
            // All that it told is stored before its end is, so what is read now is complete when it has ended.
            co_await print_events();
            if (operation.ended()) {
                line_.wipe();
                co_return document;
            }
            line_.draw(operation.progress_line);
            co_await async::sleep_for(kInterval);
        }
    }

private:
    awaitable<void> print_events() {
        for (bool more = true; more;) {
            auto path = operation_path(id_, fmt::format("/events?after={}", sequence_));
            auto page = co_await server_.get(std::move(path), "watching the operation");
            const auto* items = page.if_contains("items");
            more = items != nullptr && items->is_array() && !items->get_array().empty();
            for (std::size_t i = 0; more && i < items->get_array().size(); ++i)
                print_event(items->get_array()[i]);
        }
    }

    void print_event(const boost::json::value& event) {
        boost::system::error_code failure;
        const auto* number = event.find_pointer("/sequence", failure);
        auto sequence = number != nullptr ? number->to_number<std::uint64_t>(failure) : 0;
        if (sequence <= sequence_)
            throw Error(ErrorKind::unsupported, "the server's events go backwards; is it a cang server?");
        sequence_ = sequence;
        const auto* kind = event.find_pointer("/kind", failure);
        const auto* line = event.find_pointer("/payload/line", failure);
        if (kind == nullptr || *kind != "log" || line == nullptr || !line->is_string())
            return;
        line_.wipe();
        session_.print(printable(std::string_view(line->get_string())));
    }

    ServerApi& server_;
    const Session& session_;
    const std::string& id_;
    ProgressLine line_;
    std::uint64_t sequence_ = 0;
};

awaitable<int> run_watch(ServerApi& server, const Session& session, const OperationArguments& arguments) {
    Watch watch(server, session, arguments.id);
    auto document = co_await watch.run();
    auto operation = OperationView::read(document);
    if (session.options.json)
        session.print_json(document);
    auto reason = operation.failure.empty() ? "" : ": " + operation.failure;
    session.note(fmt::format("{} {}{}", operation.title, operation.state, reason));
    co_return operation.succeeded() ? 0 : 1;
}

} // namespace

Command operations_watch_command() {
    return server_command<OperationArguments>(
        {.name = "watch",
         .description =
             "Follow an operation to its end: its log, and on a terminal how far it is.\n\n"
             "Exit code 0 tells that it succeeded, 1 that it failed, was cancelled or was interrupted. Stopping to "
             "watch does not stop the operation.",
         .examples = "  cang operations watch ID --server http://127.0.0.1:5000\n"
                     "  cang operations watch ID --json      # the operation, when it has ended\n"},
        declare_operation, run_watch);
}

} // namespace cang::cli
