#include "identity/projects.hpp"

#include "identity/identity_fixture.hpp"

namespace cang::identity {
namespace {

class ProjectsTest : public IdentityFixture {
protected:
    Project create(const std::string& name, ProjectSettings settings = {}) {
        return run(identity->projects.create(name, std::move(settings), as_root, kTester));
    }
    std::string names(const CallerPtr& caller, ProjectQuery query = {}) {
        auto page = run(identity->projects.list(std::move(query), caller));
        std::string text = std::to_string(page.total) + ":";
        for (const auto& project : page.projects)
            text += " " + project.row.name + "/" + std::string(to_string(project.role));
        return text;
    }
    // As if something had been pushed.
    void fill_repository(const std::string& name) {
        auto fill = [&](sql::Connection& connection) {
            store::RepositoryStore repositories(connection);
            repositories.count(repositories.ensure(name, {}), 0, 1, {});
        };
        database.write_now(fill);
    }
    User root = add_user(database, "root", true);
    User alice = add_user(database, "alice");
    CallerPtr as_root = caller_ptr_of(root);
    CallerPtr as_alice = caller_ptr_of(alice);
    CallerPtr nobody = std::make_shared<const Caller>();
};

TEST_F(ProjectsTest, AreCreatedOnce) {
    auto made = create("team", {.display_name = "The Team", .description = "ours", .quota_bytes = 1'000});
    EXPECT_EQ(made.row.created_by, "tester");
    EXPECT_EQ(made.row.quota_bytes, 1'000U);
    EXPECT_EQ(made.role, Role::admin);
    EXPECT_EQ(made.repositories, 0U);
    EXPECT_EQ(audited("project.create").after,
              R"({"name":"team","displayName":"The Team","description":"ours","public":false,"quotaBytes":1000})");
    EXPECT_EQ(failure(identity->projects.create("team", {}, as_root, kTester)),
              std::pair(ErrorKind::already_exists, std::string("there is a project team already")));
    for (const auto* name : {"", "Team", "a/b", "a b", "-a", "a..b", "*"})
        EXPECT_EQ(failure(identity->projects.create(name, {}, as_root, kTester)).first, ErrorKind::invalid_argument)
            << name;
    EXPECT_EQ(
        failure(identity->projects.create("b", {.description = std::string(2'001, 'x')}, as_root, kTester)).second,
        "description: at most 2000 bytes");
}

TEST_F(ProjectsTest, KeepTheirQuotaUnlessToldOtherwise) {
    create("team", {.quota_bytes = 1'000});
    auto changed = run(identity->projects.update("team", {.is_public = true, .keep_quota = true}, as_root, kTester));
    EXPECT_TRUE(changed.row.is_public);
    EXPECT_EQ(changed.row.quota_bytes, 1'000U);
    changed = run(identity->projects.update("team", {.quota_bytes = 5}, as_root, kTester));
    EXPECT_EQ(changed.row.quota_bytes, 5U);
    changed = run(identity->projects.update("team", {}, as_root, kTester));
    EXPECT_FALSE(changed.row.quota_bytes);
    auto newest = audit("project.update").front();
    EXPECT_NE(newest.before.find(R"("quotaBytes":5)"), std::string::npos) << newest.before;
    EXPECT_EQ(newest.after.find("quotaBytes"), std::string::npos) << newest.after;
}

TEST_F(ProjectsTest, GoOnlyWhenNothingIsInThem) {
    create("team");
    fill_repository("team/app");
    fill_repository("team2/app");
    EXPECT_EQ(
        failure(identity->projects.remove("team", kTester)),
        std::pair(ErrorKind::conflict, std::string("the project team still has 1 repositories; delete them first")));
    create("te");
    run(identity->projects.remove("te", kTester));
    EXPECT_EQ(audited("project.delete").resource, "te");
    EXPECT_EQ(failure(identity->projects.get("te", as_root)),
              std::pair(ErrorKind::not_found, std::string("there is no project te")));
    EXPECT_EQ(failure(identity->projects.remove("te", kTester)).first, ErrorKind::not_found);
}

TEST_F(ProjectsTest, OfTheSameNameStartAnew) {
    create("team");
    run(identity->projects.put_member("team", alice.id, Role::admin, kTester));
    run(identity->robots.create(
        "team", "ci", {.scopes = {{.project = "team", .repository = {}, .permissions = {"image.pull"}}}}, kTester));
    run(identity->projects.remove("team", kTester));
    create("team");
    EXPECT_TRUE(run(identity->projects.list_members("team")).empty());
    EXPECT_TRUE(run(identity->robots.list("team")).empty());
    EXPECT_FALSE(run(identity->guard.may(as_alice, "image.pull", "team/app")));
}

TEST_F(ProjectsTest, ListsShowWhatOneMaySee) {
    create("open", {.is_public = true});
    create("team");
    create("hidden");
    run(identity->projects.put_member("team", alice.id, Role::operator_, kTester));
    EXPECT_EQ(names(nobody), "1: open/guest");
    EXPECT_EQ(names(as_alice), "2: open/guest team/operator");
    EXPECT_EQ(names(as_root), "3: hidden/admin open/admin team/admin");
    EXPECT_EQ(names(as_root, {.order = store::NameOrder::created_descending, .limit = 1, .offset = 1}),
              "3: team/admin");
    EXPECT_EQ(names(as_alice, {.search = "HID"}), "0:");
}

TEST_F(ProjectsTest, MembersHaveOneRoleEach) {
    create("team");
    auto member = run(identity->projects.put_member("team", alice.id, Role::viewer, kTester));
    EXPECT_EQ(member.role, "viewer");
    EXPECT_EQ(audited("member.put").after, R"({"role":"viewer"})");
    run(identity->projects.put_member("team", alice.id, Role::admin, kTester));
    auto members = run(identity->projects.list_members("team"));
    ASSERT_EQ(members.size(), 1U);
    EXPECT_EQ(members.front().role, "admin");
    EXPECT_EQ(members.front().user_id, alice.id);
    auto newest = audit("member.put").front();
    EXPECT_EQ(newest.before, R"({"role":"viewer"})");
    EXPECT_EQ(newest.project, "team");
    EXPECT_EQ(newest.resource, "user alice in team");
    run(identity->projects.remove_member("team", alice.id, kTester));
    EXPECT_EQ(audited("member.delete").before, R"({"role":"admin"})");
    EXPECT_EQ(failure(identity->projects.remove_member("team", alice.id, kTester)),
              std::pair(ErrorKind::not_found, std::string("alice is no member of team")));
    EXPECT_EQ(failure(identity->projects.put_member("team", "nobody", Role::viewer, kTester)).second,
              "there is no user nobody");
    EXPECT_EQ(failure(identity->projects.put_member("nothing", alice.id, Role::viewer, kTester)).second,
              "there is no project nothing");
}

TEST_F(ProjectsTest, RepositoriesAreMadePrivateAndBack) {
    add_repository(database, "team/app", "alice");
    run(identity->projects.set_private("team/app", true, kTester));
    auto ownership = run(identity->projects.find_ownership("team/app")).value();
    EXPECT_TRUE(ownership.is_private);
    EXPECT_EQ(ownership.created_by, "alice");
    auto event = audited("repository.update");
    EXPECT_EQ(event.before, R"({"private":false})");
    EXPECT_EQ(event.after, R"({"private":true})");
    EXPECT_EQ(event.project, "team");
    EXPECT_EQ(failure(identity->projects.set_private("team/nothing", true, kTester)),
              std::pair(ErrorKind::not_found, std::string("there is no repository team/nothing")));
    EXPECT_FALSE(run(identity->projects.find_ownership("team/nothing")));
}

} // namespace
} // namespace cang::identity
