#include "cli/command_fixture.hpp"
#include "testing/scripted_server.hpp"

namespace cang::cli {
namespace {

using cang::testing::Exchange;
using cang::testing::ScriptedServer;

constexpr const char* kRunning = R"({"id":"op1","type":"copy","title":"Copy app:v1","state":"running",)"
                                 R"("input":{"source":"app:v1"},"resources":[],"requestedBy":"admin",)"
                                 R"("createdAt":"2026-01-01T00:00:00Z","progress":{"done":5,"total":10,"rate":2,)"
                                 R"("secondsLeft":65,"parts":[{"part":1,"name":"layer ab","done":5}]}})";
constexpr const char* kDone = R"({"id":"op1","type":"copy","title":"Copy app:v1","state":"succeeded","input":{},)"
                              R"("resources":[],"requestedBy":"admin","createdAt":"2026-01-01T00:00:00Z",)"
                              R"("result":{"digest":"sha256:1"}})";
constexpr const char* kFailed = R"({"id":"op1","type":"copy","title":"Copy app:v1","state":"failed","input":{},)"
                                R"("resources":[],"requestedBy":"admin","createdAt":"2026-01-01T00:00:00Z",)"
                                R"("error":{"kind":"not_found","message":"app:v1 does not exist"}})";

class Operations : public CommandTest {
protected:
    Outcome ask(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "operations");
        arguments.insert(arguments.end(), {"--server", "http://" + server.authority()});
        auto outcome = run(arguments);
        EXPECT_EQ(server.problems(), "");
        return outcome;
    }
    void expect(std::string target, std::string body, std::string method = "GET", int status = 200) {
        server.add(
            {.method = std::move(method),
             .target = "/api/v1/operations" + std::move(target),
             .status = status,
             .response_headers = {{"Content-Type", status < 300 ? "application/json" : "application/problem+json"}},
             .body = std::move(body)});
    }

    ScriptedServer server{{}};
};

TEST_F(Operations, AreListedNewestFirst) {
    expect("?limit=20&state=running&search=a%20b",
           std::string(R"({"items":[)") + kRunning + R"(],"total":2,"next":"7"})");
    auto outcome = ask({"list", "--state", "running", "--search", "a b"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "ID                                STATE        CREATED                   TITLE\n"
                           "op1                               running      2026-01-01T00:00:00Z      Copy app:v1\n");
    EXPECT_EQ(outcome.err, "more with --cursor 7\n");
}

TEST_F(Operations, AreListedAsTheServerSaysWithJson) {
    expect("?limit=500&cursor=7", R"({"items":[],"total":0})");
    auto outcome = ask({"list", "--limit", "500", "--cursor", "7", "--json"});
    EXPECT_EQ(outcome.out, "{\"items\":[],\"total\":0}\n");
    expect("?limit=20", R"({"items":[],"total":0})");
    outcome = ask({"list"});
    EXPECT_EQ(outcome.out + outcome.err, "no operations\n");
}

TEST_F(Operations, AreShownWithEverything) {
    expect("/op1", kRunning);
    auto outcome = ask({"show", "op1"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "Id:           op1\n"
                           "Title:        Copy app:v1\n"
                           "Type:         copy\n"
                           "State:        running\n"
                           "Progress:     [============            ]  50%, 1:05 left, layer ab\n"
                           "Requested by: admin\n"
                           "Created:      2026-01-01T00:00:00Z\n"
                           "Input:        {\"source\":\"app:v1\"}\n");
}

TEST_F(Operations, ThatDoNotExistAreNotFound) {
    expect("/a%2F..%2Fb",
           R"({"type":"about:blank","title":"not found","status":404,)"
           R"("detail":"there is no such operation","kind":"not_found"})",
           "GET", 404);
    auto outcome = ask({"show", "a/../b"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: showing the operation: there is no such operation\n");
}

TEST_F(Operations, AreWatchedToTheirEnd) {
    expect("/op1", kRunning);
    expect("/op1/events?after=0", R"({"items":[{"sequence":1,"at":"","kind":"state","payload":{"state":"running"}},)"
                                  R"({"sequence":2,"at":"","kind":"log","payload":{"line":"one\u001b[2J"}}]})");
    expect("/op1/events?after=2", R"({"items":[]})");
    expect("/op1", kDone);
    expect("/op1/events?after=2", R"({"items":[{"sequence":3,"at":"","kind":"log","payload":{"line":"two"}},)"
                                  R"({"sequence":4,"at":"","kind":"result","payload":{}}]})");
    expect("/op1/events?after=4", R"({"items":[]})");
    auto outcome = ask({"watch", "op1"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "one?[2J\ntwo\n");
    EXPECT_EQ(outcome.err, "Copy app:v1 succeeded\n");
}

TEST_F(Operations, DrawTheirProgressOnATerminal) {
    expect("/op1", kRunning);
    expect("/op1/events?after=0", R"({"items":[]})");
    expect("/op1", kDone);
    expect("/op1/events?after=0", R"({"items":[]})");
    err_terminal_ = true;
    auto outcome = ask({"watch", "op1"});
    EXPECT_EQ(outcome.err,
              "\r\x1b[K[============            ]  50%, 1:05 left, layer ab\r\x1b[KCopy app:v1 succeeded\n");
}

TEST_F(Operations, ThatFailFailTheWatch) {
    expect("/op1", kFailed);
    expect("/op1/events?after=0", R"({"items":[]})");
    auto outcome = ask({"watch", "op1"});
    EXPECT_EQ(outcome.code, 1) << "what the operation did not find is not what was asked for";
    EXPECT_EQ(outcome.err, "Copy app:v1 failed: app:v1 does not exist\n");
    expect("/op1", kFailed);
    expect("/op1/events?after=0", R"({"items":[]})");
    outcome = ask({"watch", "op1", "--json"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.text("state"), "failed");
    EXPECT_EQ(outcome.err, "");
}

TEST_F(Operations, AreAskedToStop) {
    expect("/op1/cancel", kRunning, "POST", 202);
    EXPECT_EQ(ask({"cancel", "op1"}).out, "op1 is asked to stop\n");
    expect("/op1/cancel", kDone, "POST", 202);
    EXPECT_EQ(ask({"cancel", "op1"}).out, "op1 has ended already: succeeded\n");
    expect("/op1/cancel", kRunning, "POST", 202);
    EXPECT_EQ(ask({"cancel", "op1", "--json"}).text("id"), "op1");
}

TEST_F(Operations, AreStartedAgain) {
    expect("/op0/retry", kRunning, "POST", 202);
    auto outcome = ask({"retry", "op0"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "op1\n");
    EXPECT_EQ(outcome.err, "started again: Copy app:v1\n");
    expect("/op0/retry", R"({"detail":"the operation has succeeded","kind":"conflict"})", "POST", 409);
    outcome = ask({"retry", "op0"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: retrying the operation: the operation has succeeded\n");
}

TEST_F(Operations, NeedAServerAndACommand) {
    auto outcome = run({"operations", "list"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: no server is named\nhint: give --server URL, or set CANG_SERVER\n");
    environment_["CANG_SERVER"] = "http://127.0.0.1:1";
    EXPECT_EQ(run({"operations", "list"}).code, 1);
    outcome = run({"operations"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_NE(outcome.err.find("cang operations COMMAND"), std::string::npos) << outcome.err;
    outcome = run({"operations", "burn"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: unknown command \"burn\"\n"
                           "hint: `cang operations --help` tells its options and arguments\n");
    outcome = run({"operations", "list", "--burn"});
    EXPECT_EQ(outcome.err, "cang: unexpected argument \"--burn\"\n"
                           "hint: `cang operations list --help` tells its options and arguments\n");
    outcome = run({"operations", "show"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err,
              "cang: ID is required\nhint: `cang operations show --help` tells its options and arguments\n");
}

TEST_F(Operations, OfAnotherServerAreNone) {
    expect("/op1", "<html>");
    auto outcome = ask({"show", "op1"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: the server's answer is not one of this API; is it a cang server?\n");
    expect("/op1", "{}");
    EXPECT_EQ(ask({"show", "op1"}).err, "cang: the server's answer is not an operation; is it a cang server?\n");
    expect("/op1", kRunning);
    expect("/op1/events?after=0", R"({"items":[{"sequence":0,"kind":"log"}]})");
    EXPECT_EQ(ask({"watch", "op1"}).err, "cang: the server's events go backwards; is it a cang server?\n");
}

} // namespace
} // namespace cang::cli
