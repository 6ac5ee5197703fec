#include "api/v1/audit_export.hpp"

#include "identity/identity_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cang::api::v1 {
namespace {

store::AuditRow event_of(std::string resource) {
    return {.row = 7,
            .at = Timestamp(std::chrono::milliseconds(1'800'000'000'000)),
            .actor = {.name = "alice", .via = "session", .address = "10.0.0.1", .request_id = "r1"},
            .action = "project.create",
            .resource = std::move(resource)};
}

TEST(AuditCsv, QuotesEveryField) {
    EXPECT_EQ(csv_line(event_of("a \"b\",\nc")),
              "7,2027-01-15T08:00:00.000Z,\"alice\",\"session\",\"10.0.0.1\",\"r1\",\"project.create\","
              "\"a \"\"b\"\",\nc\",\"\",\"ok\",\"\",\"\",\"\"\r\n");
}

// A spreadsheet runs what begins like a formula, even between quotes.
TEST(AuditCsv, IsNoFormula) {
    for (const auto* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(\"http://evil\")"}) {
        auto line = csv_line(event_of(text));
        EXPECT_NE(line.find(std::string(",\"'") + text[0]), std::string::npos) << line;
        EXPECT_EQ(line.find(std::string(",\"") + text[0]), std::string::npos) << line;
    }
    EXPECT_NE(csv_line(event_of("a=b")).find("\"a=b\""), std::string::npos);
    auto named = event_of("x");
    named.actor.name = "-alice";
    EXPECT_NE(csv_line(named).find("\"'-alice\""), std::string::npos);
}

TEST(AuditDocument, LeavesOutWhatIsEmpty) {
    auto event = event_of("team");
    EXPECT_EQ(boost::json::serialize(document_of(event)),
              R"({"id":7,"at":"2027-01-15T08:00:00.000Z","actor":"alice","via":"session","address":"10.0.0.1",)"
              R"("requestId":"r1","action":"project.create","resource":"team","result":"ok"})");
    event.project = "team";
    event.message = "made";
    event.after = R"({"a":1})";
    auto document = document_of(event);
    EXPECT_EQ(document.at("project").as_string(), "team");
    EXPECT_EQ(document.at("message").as_string(), "made");
    EXPECT_EQ(document.at("after").at("a").as_int64(), 1);
    EXPECT_FALSE(document.contains("before"));
}

class AuditExport : public identity::IdentityFixture {
protected:
    std::string exported(store::AuditFilter filter, bool csv) {
        auto reader = audit_reader(identity->audit, std::move(filter), csv);
        return run(io::read_all(*reader, 64 * MiB));
    }
    static std::size_t lines(const std::string& text) {
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }
};

TEST_F(AuditExport, HasEveryEventOnceWhateverThePages) {
    for (std::size_t count : {0U, 1U, 499U, 500U, 501U}) {
        auto fill = [count](sql::Connection& connection) {
            connection.execute("DELETE FROM audit_events");
            for (std::size_t i = 0; i < count; ++i)
                store::AuditStore(connection).append(event_of("thing " + std::to_string(i)));
        };
        database.write_now(fill);
        EXPECT_EQ(lines(exported({}, false)), count);
        auto csv = exported({}, true);
        EXPECT_EQ(lines(csv), count + 1);
        EXPECT_TRUE(csv.starts_with("id,at,actor,via,")) << csv.substr(0, 40);
        if (count > 0)
            EXPECT_NE(csv.find("\"thing 0\""), std::string::npos);
    }
}

TEST_F(AuditExport, FiltersAsListsDo) {
    run(identity->audit.append(event_of("one")));
    auto other = event_of("two");
    other.result = "denied";
    run(identity->audit.append(other));
    store::AuditFilter filter;
    filter.result = "denied";
    auto text = exported(filter, false);
    EXPECT_EQ(lines(text), 1U);
    EXPECT_EQ(boost::json::parse(text.substr(0, text.find('\n'))).at("resource").as_string(), "two");
}

} // namespace
} // namespace cang::api::v1
