#include "cli/command_fixture.hpp"
#include "testing/scripted_server.hpp"

#include <fstream>
#include <iterator>

namespace cang::cli {
namespace {

using cang::testing::ScriptedServer;

constexpr const char* kAlice = R"({"id":"u1","name":"alice","displayName":"Alice","email":"a@b.c","admin":false,)"
                               R"("disabled":false,"origin":"local","projects":2})";
constexpr const char* kMalice = R"({"id":"u2","name":"malice","displayName":"\u001b[2J","email":"","admin":true,)"
                                R"("disabled":true,"origin":"oidc","lastLoginAt":"2026-01-01T00:00:00Z","projects":0})";
constexpr const char* kTeam = R"({"name":"team","displayName":"The Team","description":"","public":false,)"
                              R"("role":"admin","quotaBytes":50000000000,"usedBytes":1000,"repositories":3,)"
                              R"("createdAt":"2026-01-01T00:00:00Z","createdBy":"admin"})";
constexpr const char* kRobot = R"({"id":"r1","name":"robot$team+ci","project":"team","description":"d",)"
                               R"("scopes":[{"project":"team","permissions":["image.pull","image.push"]}],)"
                               R"("disabled":false,"expiresAt":"2027-01-01T00:00:00Z"})";

std::string list_of(const std::string& items) { return R"({"items":[)" + items + R"(],"total":1})"; }

class Access : public CommandTest {
protected:
    Outcome ask(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--server", "http://" + server.authority()});
        auto outcome = run(arguments);
        EXPECT_EQ(server.problems(), "");
        return outcome;
    }
    void expect(std::string method, std::string target, int status, std::string body,
                std::optional<std::string> sent = std::nullopt) {
        auto type = status < 300 ? "application/json" : "application/problem+json";
        server.add({.method = std::move(method),
                    .target = "/api/v1" + std::move(target),
                    .request_body = std::move(sent),
                    .status = status,
                    .response_headers = {{"Content-Type", type}},
                    .body = std::move(body)});
    }
    void expect_get(std::string target, std::string body) { expect("GET", std::move(target), 200, std::move(body)); }

    ScriptedServer server{{}};
};

using Users = Access;
using Projects = Access;
using Members = Access;
using RobotAccounts = Access;
using Tokens = Access;
using Audit = Access;

TEST_F(Users, AreListedAsATable) {
    expect_get("/users?limit=50&search=lic&sort=-name",
               R"({"items":[)" + std::string(kAlice) + "," + kMalice + R"(],"total":9,"next":"2"})");
    auto outcome = ask({"users", "list", "--search", "lic", "--sort", "-name"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "NAME    ADMIN  STATE     ORIGIN  PROJECTS  LAST LOGIN            DISPLAY NAME\n"
                           "alice   no     ok        local   2         -                     Alice\n"
                           "malice  yes    disabled  oidc    0         2026-01-01T00:00:00Z  ?[2J\n");
    EXPECT_EQ(outcome.err, "more with --cursor 2\n");
    expect_get("/users?limit=50", R"({"items":[],"total":0})");
    outcome = ask({"users", "list"});
    EXPECT_EQ(outcome.out + outcome.err, "no users\n");
}

TEST_F(Users, AreCreatedWithAPasswordFromStandardInput) {
    input_ = "correct horse\n";
    expect("POST", "/users", 201, kAlice,
           R"({"name":"alice","password":"correct horse","admin":true,"displayName":"Alice"})");
    auto outcome = ask({"users", "create", "alice", "--admin", "--display-name", "Alice", "--password-stdin"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "created user alice\n");
}

TEST_F(Users, AreAskedForAPasswordTwice) {
    terminal_ = true;
    input_ = "correct horse\ncorrect horse\n";
    expect("POST", "/users", 201, kAlice, R"({"name":"alice","password":"correct horse","admin":false})");
    auto outcome = ask({"users", "create", "alice"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "New password: \nThe same again: \n");
    input_ = "correct horse\ncorrect house\n";
    outcome = ask({"users", "create", "alice"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "New password: \nThe same again: \ncang: the two passwords differ\n");
}

TEST_F(Users, NeedAPassword) {
    auto outcome = ask({"users", "create", "alice"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: there is no terminal to ask for the new password\n"
                           "hint: pass it with --password-stdin\n");
    outcome = ask({"users", "password", "alice", "--password-stdin"});
    EXPECT_EQ(outcome.err, "cang: the new password is empty or too long\n");
}

TEST_F(Users, KeepTheirNamesWhenDisabled) {
    // The search finds parts of names, so the one that is meant may be on a later page.
    expect_get("/users?limit=500&search=alice", R"({"items":[)" + std::string(kMalice) + R"(],"total":2,"next":"1"})");
    expect_get("/users?limit=500&search=alice&cursor=1", list_of(kAlice));
    expect("PUT", "/users/u1", 200, kAlice, R"({"displayName":"Alice","email":"a@b.c","disabled":true})");
    auto outcome = ask({"users", "disable", "alice"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "alice is disabled\n");
    expect_get("/users?limit=500&search=alice", list_of(kAlice));
    expect("PUT", "/users/u1", 200, kAlice, R"({"displayName":"Alice","email":"a@b.c","disabled":false})");
    EXPECT_EQ(ask({"users", "enable", "alice", "--json"}).text("name"), "alice");
}

TEST_F(Users, GetNewPasswordsAndGo) {
    input_ = "correct horse\n";
    expect_get("/users?limit=500&search=alice", list_of(kAlice));
    expect("PUT", "/users/u1/password", 204, "", R"({"password":"correct horse"})");
    auto outcome = ask({"users", "password", "alice", "--password-stdin"});
    EXPECT_EQ(outcome.out, "alice has a new password; all sessions of before have ended\n") << outcome.err;
    outcome = ask({"users", "delete", "alice"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: deleting needs --yes when standard input is no terminal\n"
                           "hint: add --yes to the command\n");
    expect_get("/users?limit=500&search=alice", list_of(kAlice));
    expect("DELETE", "/users/u1", 204, "");
    EXPECT_EQ(ask({"users", "delete", "alice", "--yes"}).out, "deleted user alice\n");
    terminal_ = true;
    input_ = "n\n";
    outcome = ask({"users", "delete", "alice"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "Delete user alice? [y/N] cang: nothing was deleted\n");
}

TEST_F(Users, ThatDoNotExistAreNotFound) {
    expect_get("/users?limit=500&search=alic", list_of(kAlice));
    auto outcome = ask({"users", "delete", "alic", "-y"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: there is no user alic\nhint: `cang users list` tells who there is\n");
}

TEST_F(Access, NeedsAnAccount) {
    expect("GET", "/projects?limit=50", 401, R"({"detail":"sign in to do this","kind":"unauthenticated"})");
    auto outcome = ask({"projects", "list"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: listing projects: sign in to do this\nhint: log in with `cang login " +
                               server.authority() + " --tls-verify=false`, or pass --creds USER:PASSWORD\n");
    expect("GET", "/audit?limit=50", 403,
           R"({"detail":"alice lacks the permission audit.read","kind":"permission_denied"})");
    outcome = ask({"audit", "list"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: reading the audit log: alice lacks the permission audit.read\n");
    outcome = run({"members", "list", "team"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: no server is named\nhint: give --server URL, or set CANG_SERVER\n");
}

// The list is open to everybody, and longer for who is known.
TEST_F(Projects, AreListedForWhoAsks) {
    server.add({.target = "/api/v1/projects?limit=50",
                .headers = {{"Authorization", "Basic YWxpY2U6c2VjcmV0"}},
                .response_headers = {{"Content-Type", "application/json"}},
                .body = list_of(kTeam)});
    EXPECT_EQ(ask({"projects", "list", "--creds", "alice:secret"}).code, 0);
    server.add({.target = "/api/v1/projects?limit=50",
                .status = 401,
                .response_headers = {{"Content-Type", "application/problem+json"},
                                     {"WWW-Authenticate", "Basic realm=\"cang\""}},
                .body = R"({"detail":"the user name or the password is wrong","kind":"unauthenticated"})"});
    EXPECT_EQ(ask({"projects", "list", "--creds", "alice:wrong"}).code, 1) << "and is not tried twice";
}

TEST_F(Projects, AreListedAndShown) {
    expect_get("/projects?limit=50", list_of(kTeam));
    EXPECT_EQ(ask({"projects", "list"}).out,
              "NAME  YOUR ROLE  VISIBILITY  REPOSITORIES  USED    QUOTA    DISPLAY NAME\n"
              "team  admin      private     3             1.0 kB  50.0 GB  The Team\n");
    expect_get("/projects/team", kTeam);
    EXPECT_EQ(ask({"projects", "show", "team"}).out, "Name:         team\n"
                                                     "Display name: The Team\n"
                                                     "Visibility:   private\n"
                                                     "Your role:    admin\n"
                                                     "Repositories: 3\n"
                                                     "Used:         1.0 kB\n"
                                                     "Quota:        50.0 GB\n"
                                                     "Created:      2026-01-01T00:00:00Z\n"
                                                     "Created by:   admin\n");
}

TEST_F(Projects, AreCreatedWithAQuota) {
    expect("POST", "/projects", 201, kTeam, R"({"name":"team","public":true,"quotaBytes":50000000000})");
    auto outcome = ask({"projects", "create", "team", "--public", "--quota", "50GB"});
    EXPECT_EQ(outcome.out, "created private project team\n") << outcome.err;
    outcome = ask({"projects", "create", "team", "--quota", "50 apples"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err,
              "cang: --quota: a size ends with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB (at character 3)\n");
}

TEST_F(Projects, KeepWhatAnUpdateDoesNotName) {
    expect_get("/projects/team", kTeam);
    expect("PUT", "/projects/team", 200, kTeam, R"({"displayName":"The Team","description":"x","public":false})");
    EXPECT_EQ(ask({"projects", "update", "team", "--description", "x"}).code, 0);
    expect_get("/projects/team", kTeam);
    expect("PUT", "/projects/team", 200, kTeam,
           R"({"displayName":"The Team","description":"","public":true,"quotaBytes":null})");
    EXPECT_EQ(ask({"projects", "update", "team", "--public", "--quota", "none", "--json"}).text("name"), "team");
    auto outcome = ask({"projects", "update", "team"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: there is nothing to change\n"
                           "hint: give --public, --quota, --display-name or --description\n");
}

TEST_F(Projects, AreDeletedWhenTheyAreEmpty) {
    expect("DELETE", "/projects/team", 409, R"({"detail":"team has 3 repositories","kind":"conflict"})");
    auto outcome = ask({"projects", "delete", "team", "-y"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: deleting the project: team has 3 repositories\n");
    expect("DELETE", "/projects/te%2Fam", 204, "");
    EXPECT_EQ(ask({"projects", "delete", "te/am", "-y"}).out, "deleted project te/am\n");
}

TEST_F(Members, AreSetAndRemovedByName) {
    expect_get(
        "/users/-/search?text=alice",
        R"({"items":[{"id":"u2","name":"malice","displayName":""},{"id":"u1","name":"alice","displayName":""}]})");
    expect("PUT", "/projects/team/members/u1", 200, R"({"userId":"u1","name":"alice","role":"operator"})",
           R"({"role":"image-operator"})");
    auto outcome = ask({"members", "set", "team", "alice", "image-operator"});
    EXPECT_EQ(outcome.out, "alice is operator of team\n") << outcome.err;
    constexpr auto kMembers = R"({"userId":"u1","name":"alice","displayName":"Alice","role":"operator","since":"s"})";
    expect_get("/projects/team/members", list_of(kMembers));
    EXPECT_EQ(ask({"members", "list", "team"}).out, "USER   ROLE      SINCE  DISPLAY NAME\n"
                                                    "alice  operator  s      Alice\n");
    expect_get("/projects/team/members", list_of(kMembers));
    expect("DELETE", "/projects/team/members/u1", 204, "");
    EXPECT_EQ(ask({"members", "remove", "team", "alice"}).out, "alice is no longer a member of team\n");
}

TEST_F(Members, ThatAreUnknownAreNotFound) {
    expect_get("/users/-/search?text=bob", R"({"items":[]})");
    auto outcome = ask({"members", "set", "team", "bob", "viewer"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: there is no user bob, or the user is disabled\n");
    expect_get("/projects/team/members", R"({"items":[],"total":0})");
    outcome = ask({"members", "remove", "team", "bob"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: bob is no member of team\nhint: `cang members list team` tells who is\n");
}

TEST_F(RobotAccounts, GiveTheirSecretAloneOnStandardOutput) {
    expect("POST", "/projects/team/robots", 201, R"({"id":"r1","name":"robot$team+ci","secret":"cang_robot_0"})",
           R"({"name":"ci","description":"","scopes":[{"project":"team","permissions":["image.pull","image.push"]}],)"
           R"("expiresAt":"2099-12-31T00:00:00.000Z"})");
    auto outcome = ask({"robots", "create", "ci", "--project", "team", "--permission", "image.pull", "-p", "image.push",
                        "--expires", "2099-12-31"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "cang_robot_0\n");
    EXPECT_EQ(outcome.err, "this is the secret of robot$team+ci, and it is not shown again; to use it:\n"
                           "  docker login " +
                               server.authority() + " -u 'robot$team+ci' --password-stdin\n");
    expect_get("/projects/team/robots", list_of(kRobot));
    expect("POST", "/projects/team/robots/r1/secret", 200, R"({"secret":"cang_robot_1"})");
    outcome = ask({"robots", "renew", "robot$team+ci", "--quiet"});
    EXPECT_EQ(outcome.out + outcome.err, "cang_robot_1\n");
}

TEST_F(RobotAccounts, OfTheServerMayInEveryProjectOrInThoseThatAreNamed) {
    expect("POST", "/robots", 201, R"({"id":"r1","name":"robot$ci","secret":"s"})",
           R"({"name":"ci","description":"","scopes":[{"project":"*","permissions":["image.pull"]},)"
           R"({"project":"team","permissions":["image.push","image.delete"]}]})");
    auto outcome = ask({"robots", "create", "robot$ci", "-p", "image.pull", "-p", "team:image.push", "-p",
                        "team:image.delete", "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.text("secret"), "s");
    outcome = ask({"robots", "create", "ci"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: --permission is missing: a robot may do what it names and nothing else\n"
                           "hint: add --permission image.pull, say\n");
    outcome = ask({"robots", "create", "ci", "-p", ":image.pull"});
    EXPECT_EQ(outcome.err, "cang: --permission \":image.pull\" is not [PROJECT:]PERMISSION\n"
                           "hint: write image.pull or team:image.pull\n");
    outcome = ask({"robots", "create", "ci", "-p", "image.pull", "--expires", "soon"});
    EXPECT_EQ(outcome.err, "cang: --expires: neither a time nor a time span\n"
                           "hint: write 90d, 12h, 2026-12-31 or 2026-12-31T10:00:00Z\n");
}

TEST_F(RobotAccounts, AreListedDisabledAndDeleted) {
    expect_get("/projects/team/robots", list_of(kRobot));
    EXPECT_EQ(ask({"robots", "list", "--project", "team"}).out,
              "NAME           STATE  EXPIRES               LAST USED  MAY\n"
              "robot$team+ci  ok     2027-01-01T00:00:00Z  -          team: image.pull, image.push\n");
    expect_get("/projects/team/robots", list_of(kRobot));
    expect("PUT", "/projects/team/robots/r1", 200, kRobot,
           R"({"disabled":true,"description":"d","scopes":[{"project":"team","permissions":["image.pull",)"
           R"("image.push"]}],"expiresAt":"2027-01-01T00:00:00Z"})");
    EXPECT_EQ(ask({"robots", "disable", "ci", "--project", "team"}).out, "robot$team+ci is disabled\n");
    expect_get("/projects/team/robots", list_of(kRobot));
    expect("DELETE", "/projects/team/robots/r1", 204, "");
    EXPECT_EQ(ask({"robots", "delete", "robot$team+ci", "-y"}).out, "deleted robot$team+ci\n");
}

TEST_F(RobotAccounts, ThatDoNotExistAreNotFound) {
    expect_get("/projects/team/robots", list_of(kRobot));
    auto outcome = ask({"robots", "renew", "cd", "--project", "team"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: there is no robot robot$team+cd\n"
                           "hint: `cang robots list --project team` tells which there are\n");
    outcome = ask({"robots", "renew", "robot$other+ci", "--project", "team"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_EQ(outcome.err, "cang: robot$other+ci is no robot of --project team\n");
}

TEST_F(Tokens, AreShownOnce) {
    expect("POST", "/account/tokens", 201, R"({"id":"t1","name":"laptop","token":"cang_pat_0"})",
           R"({"name":"laptop","scopes":[]})");
    auto outcome = ask({"tokens", "create", "laptop"});
    EXPECT_EQ(outcome.out, "cang_pat_0\n") << outcome.err;
    EXPECT_NE(outcome.err.find("not shown again"), std::string::npos) << outcome.err;
    expect("POST", "/account/tokens", 201, R"({"id":"t1"})");
    outcome = ask({"tokens", "create", "laptop", "--permission", "team:image.pull"});
    EXPECT_EQ(outcome.err, "cang: the server's answer has no token; is it a cang server?\n");
    expect_get("/account/tokens", list_of(R"({"id":"t1","name":"laptop","scopes":[],"createdAt":"c"})"));
    EXPECT_EQ(ask({"tokens", "list"}).out, "ID  NAME    CREATED  EXPIRES  LAST USED  MAY\n"
                                           "t1  laptop  c        -        -          everything that you may\n");
}

TEST_F(Tokens, AreRevokedByNameOrId) {
    constexpr auto kTokens = R"({"id":"t1","name":"a"},{"id":"t2","name":"b"},{"id":"t3","name":"b"})";
    expect_get("/account/tokens", list_of(kTokens));
    expect("DELETE", "/account/tokens/t1", 204, "");
    EXPECT_EQ(ask({"tokens", "revoke", "a"}).out, "revoked a\n");
    expect_get("/account/tokens", list_of(kTokens));
    auto outcome = ask({"tokens", "revoke", "b"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "cang: 2 of your tokens are named b\n"
                           "hint: name one by its id, as `cang tokens list` tells it\n");
    expect_get("/account/tokens", list_of(kTokens));
    expect("DELETE", "/account/tokens/t3", 204, "");
    EXPECT_EQ(ask({"tokens", "revoke", "t3"}).code, 0);
    expect_get("/account/tokens", list_of(kTokens));
    outcome = ask({"tokens", "revoke", "c"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.err, "cang: you have no token c\nhint: `cang tokens list` tells which you have\n");
}

TEST_F(Audit, IsListedWithFilters) {
    expect_get("/audit?actor=alice&result=denied&from=2026-01-02T00%3A00%3A00.000Z&limit=2",
               R"({"items":[{"id":1,"at":"t","actor":"alice","via":"token","address":"10.0.0.1","action":"image.push",)"
               R"("resource":"team/app","result":"denied","message":"no\u0007"}],"total":3,"next":"1"})");
    auto outcome = ask({"audit", "list", "--actor", "alice", "--result", "denied", "--from", "2026-01-02", "-n", "2"});
    EXPECT_EQ(outcome.out, "AT  ACTOR  VIA    ADDRESS   ACTION      RESULT  RESOURCE  MESSAGE\n"
                           "t   alice  token  10.0.0.1  image.push  denied  team/app  no?\n")
        << outcome.err;
    EXPECT_EQ(outcome.err, "more with --cursor 1\n");
    expect_get("/projects/team/audit?project=team&limit=50", R"({"items":[],"total":0})");
    outcome = ask({"audit", "list", "--project", "team"});
    EXPECT_EQ(outcome.out + outcome.err, "no events\n");
}

TEST_F(Audit, IsExportedToStandardOutputOrAFile) {
    expect_get("/audit/export?action=user&format=jsonl", "{}\n{}\n");
    EXPECT_EQ(ask({"audit", "export", "--action", "user"}).out, "{}\n{}\n");
    expect_get("/audit/export?format=csv", "id,at\r\n");
    auto outcome = ask({"audit", "export", "--format", "csv", "-o", path("audit.csv")});
    EXPECT_EQ(outcome.out, "wrote 7 B to " + path("audit.csv") + "\n") << outcome.err;
    std::ifstream file(path("audit.csv"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "id,at\r\n");
    outcome = ask({"audit", "export", "--json"});
    EXPECT_EQ(outcome.code, 3);
    expect("GET", "/audit/export?format=xml", 400,
           R"({"detail":"format must be one of jsonl, csv","kind":"invalid_argument"})");
    outcome = ask({"audit", "export", "--format", "xml", "-o", path("none")});
    EXPECT_EQ(outcome.err, "cang: exporting the audit log: format must be one of jsonl, csv\n");
    EXPECT_FALSE(std::ifstream(path("none")).good());
}

} // namespace
} // namespace cang::cli
