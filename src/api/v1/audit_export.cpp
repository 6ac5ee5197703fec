#include "api/v1/audit_export.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 500;

std::string csv_field(std::string_view field) {
    std::string text = "\"";
    if (!field.empty() && std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos)
        text += '\'';
    for (char letter : field) {
        text += letter;
        if (letter == '"')
            text += '"';
    }
    return text + '"';
}

class AuditReader final : public io::Reader {
public:
    AuditReader(identity::AuditLog& log, store::AuditFilter filter, bool csv)
        : log_(log), filter_(std::move(filter)), csv_(csv), pending_(csv ? std::string(csv_head) : std::string()) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        if (taken_ == pending_.size() && !ended_)
            co_await fill();
        auto length = std::min(buffer.size(), pending_.size() - taken_);
        std::copy_n(as_bytes(pending_).begin() + static_cast<std::ptrdiff_t>(taken_), length, buffer.begin());
        taken_ += length;
        co_return length;
    }

private:
    awaitable<void> fill() {
        auto events = co_await log_.read(filter_, before_, kPage);
        pending_.clear();
        taken_ = 0;
        for (const auto& event : events)
            pending_ += csv_ ? csv_line(event) : json::serialize(document_of(event)) + "\n";
        ended_ = events.size() < kPage;
        if (!events.empty())
            before_ = events.back().row;
    }

    identity::AuditLog& log_;
    const store::AuditFilter filter_;
    const bool csv_;
    std::string pending_;
    std::size_t taken_ = 0;
    store::RowId before_ = 0;
    bool ended_ = false;
};

} // namespace

const std::string_view csv_head = "id,at,actor,via,address,requestId,action,resource,project,result,message,before,"
                                  "after\r\n";

json::object document_of(const store::AuditRow& event) {
    json::object document{
        {"id", event.row},        {"at", to_rfc3339(event.at)},     {"actor", event.actor.name},
        {"via", event.actor.via}, {"address", event.actor.address}, {"requestId", event.actor.request_id},
        {"action", event.action}, {"resource", event.resource},     {"result", event.result}};
    if (!event.project.empty())
        document["project"] = event.project;
    if (!event.message.empty())
        document["message"] = event.message;
    if (!event.before.empty())
        document["before"] = json::parse(event.before);
    if (!event.after.empty())
        document["after"] = json::parse(event.after);
    return document;
}

std::string csv_line(const store::AuditRow& event) {
    const auto& actor = event.actor;
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", event.row, to_rfc3339(event.at),
                       csv_field(actor.name), csv_field(actor.via), csv_field(actor.address),
                       csv_field(actor.request_id), csv_field(event.action), csv_field(event.resource),
                       csv_field(event.project), csv_field(event.result), csv_field(event.message),
                       csv_field(event.before), csv_field(event.after));
}

io::ReaderPtr audit_reader(identity::AuditLog& log, store::AuditFilter filter, bool csv) {
    return std::make_unique<AuditReader>(log, std::move(filter), csv);
}

} // namespace cang::api::v1
