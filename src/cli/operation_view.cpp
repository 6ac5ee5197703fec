#include "cli/operation_view.hpp"

#include "cli/document.hpp"
#include "cli/printable.hpp"
#include "cli/progress.hpp"
#include "cli/server_list.hpp"
#include "http/message.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

std::string json_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    return value != nullptr ? printable(boost::json::serialize(*value)) : std::string();
}

// What is counted differs from type to type, so the line tells shares and time only.
std::string describe(const boost::json::object& progress) {
    auto done = number_of(progress, "done").value_or(0);
    auto total = number_of(progress, "total").value_or(0);
    auto line = total > 0 ? fmt::format("{} {:>3}%", progress_bar(done, total),
                                        static_cast<int>(std::min(1.0, double(done) / double(total)) * 100))
                          : fmt::format("{} done", done);
    if (auto left = number_of(progress, "secondsLeft"); left && *left < 1'000'000)
        line += fmt::format(", {} left", human_duration(std::chrono::seconds(*left)));
    const auto* parts = progress.if_contains("parts");
    if (parts != nullptr && parts->is_array() && !parts->get_array().empty())
        if (const auto* part = parts->get_array().back().if_object())
            line += ", " + text_of(*part, "name");
    return line;
}

} // namespace

OperationView OperationView::read(const boost::json::object& document) {
    OperationView view{.id = text_of(document, "id"),
                       .type = text_of(document, "type"),
                       .title = text_of(document, "title"),
                       .state = text_of(document, "state"),
                       .requested_by = text_of(document, "requestedBy"),
                       .retry_of = text_of(document, "retryOf"),
                       .created_at = text_of(document, "createdAt"),
                       .started_at = text_of(document, "startedAt"),
                       .finished_at = text_of(document, "finishedAt"),
                       .failure = {},
                       .input = json_of(document, "input"),
                       .result = json_of(document, "result"),
                       .progress_line = {}};
    if (view.id.empty() || view.state.empty())
        throw Error(ErrorKind::unsupported, "the server's answer is not an operation; is it a cang server?");
    if (const auto* error = document.if_contains("error"); error != nullptr && error->is_object())
        view.failure = text_of(error->get_object(), "message");
    if (const auto* progress = document.if_contains("progress"); progress != nullptr && progress->is_object())
        view.progress_line = describe(progress->get_object());
    return view;
}

bool OperationView::ended() const { return state != "pending" && state != "running"; }

std::string list_heading() { return fmt::format("{:<32}  {:<11}  {:<24}  TITLE", "ID", "STATE", "CREATED"); }

std::string list_line(const OperationView& operation) {
    return fmt::format("{:<32}  {:<11}  {:<24}  {}", operation.id, operation.state, operation.created_at,
                       operation.title);
}

std::string detail_lines(const OperationView& operation) {
    return field_lines({{"Id", operation.id},
                        {"Title", operation.title},
                        {"Type", operation.type},
                        {"State", operation.state},
                        {"Error", operation.failure},
                        {"Progress", operation.ended() ? "" : operation.progress_line},
                        {"Requested by", operation.requested_by},
                        {"Created", operation.created_at},
                        {"Started", operation.started_at},
                        {"Finished", operation.finished_at},
                        {"Retry of", operation.retry_of},
                        {"Input", operation.input},
                        {"Result", operation.result}});
}

std::string operation_path(const std::string& id, std::string_view rest) {
    return fmt::format("/operations/{}{}", http::percent_encode(id), rest);
}

void declare_operation(OptionBuilder& builder, OperationArguments& arguments) {
    builder.positional("ID", arguments.id, "The operation, as `cang operations list` names it.");
}

} // namespace cang::cli
