// Who may do what: every kind of caller against every permission, in one table.
#include "identity/guard.hpp"

#include "identity/identity_fixture.hpp"

#include <fmt/format.h>

namespace cang::identity {
namespace {

class GuardTest : public IdentityFixture {
protected:
    GuardTest() {
        team = add_project(database, "team");
        add_project(database, "open", true);
        for (const auto& [name, role] :
             {std::pair("viewer", Role::viewer), {"operator", Role::operator_}, {"admin", Role::admin}})
            add_member(database, team, people[name] = add_user(database, name), role);
        people["stranger"] = add_user(database, "stranger");
        people["root"] = add_user(database, "root", true);
    }

    CallerPtr as(const std::string& name) { return caller_ptr_of(people.at(name)); }
    static CallerPtr with_scopes(CallerPtr caller, Scopes scopes) {
        auto bounded = std::make_shared<Caller>(*caller);
        bounded->via = "token ci";
        bounded->scopes = std::move(scopes);
        return bounded;
    }
    static CallerPtr robot(std::string project, std::vector<std::string> permissions) {
        auto caller = std::make_shared<Caller>();
        caller->kind = Caller::Kind::robot;
        caller->name = "robot$ci";
        caller->via = "robot";
        caller->scopes = {{.project = std::move(project), .repository = {}, .permissions = std::move(permissions)}};
        caller->by_scopes_only = true;
        return caller;
    }
    bool may(CallerPtr caller, const std::string& permission, const std::string& resource = {}) {
        return run(identity->guard.may(std::move(caller), permission, resource));
    }
    // The permissions of projects that the caller has there.
    std::string has(const CallerPtr& caller, const std::string& resource) {
        std::string names;
        for (const auto& row : permission_table())
            if (row.of_project() && may(caller, std::string(row.name), resource))
                names += std::string(row.name) + " ";
        return names;
    }
    std::string has_of_server(const CallerPtr& caller) {
        std::string names;
        for (const auto& row : permission_table())
            if (!row.of_project() && may(caller, std::string(row.name)))
                names += std::string(row.name) + " ";
        return names;
    }

    store::RowId team = 0;
    std::map<std::string, User> people;
    const CallerPtr nobody = std::make_shared<const Caller>();
};

constexpr auto kEverything =
    "image.delete image.pull image.push member.manage member.read project.audit project.delete "
    "project.read project.update repository.update robot.manage robot.read ";

TEST_F(GuardTest, EveryRoleHasItsPermissionsInItsProjectOnly) {
    EXPECT_EQ(has(as("viewer"), "team/app"), "image.pull member.read project.read ");
    EXPECT_EQ(has(as("operator"), "team/app"), "image.pull image.push member.read project.read ");
    EXPECT_EQ(has(as("admin"), "team/app"), kEverything);
    EXPECT_EQ(has(as("admin"), "team"), kEverything);
    EXPECT_EQ(has(as("root"), "team/app"), kEverything);
    EXPECT_EQ(has(as("stranger"), "team/app"), "");
    EXPECT_EQ(has(nobody, "team/app"), "");
    for (const auto* name : {"viewer", "operator", "admin", "stranger"}) {
        EXPECT_EQ(has(as(name), "teams/app"), "") << name;
        EXPECT_EQ(has(as(name), "nothing/app"), "") << name;
        EXPECT_EQ(has(as(name), ""), "") << name;
    }
}

TEST_F(GuardTest, EverybodyIsAGuestOfAPublicProject) {
    EXPECT_EQ(has(nobody, "open/app"), "image.pull project.read ");
    EXPECT_EQ(has(as("stranger"), "open/app"), "image.pull project.read ");
    EXPECT_EQ(has(as("root"), "open/app"), kEverything);
}

TEST_F(GuardTest, WhatIsOfTheServerDependsOnSigningInAndOnAdministrators) {
    EXPECT_EQ(has_of_server(nobody), "catalog.read project.list public registry.sign-in ");
    EXPECT_EQ(has_of_server(as("stranger")),
              "account.self catalog.read operation.read operation.start permission.read project.list public "
              "registry.browse registry.read registry.sign-in storage.read system.read upload.write user.search ");
    EXPECT_EQ(has_of_server(as("admin")), has_of_server(as("stranger"))) << "of a project only";
    for (const auto& row : permission_table())
        EXPECT_TRUE(may(as("root"), std::string(row.name), "team/app")) << row.name;
}

// A8: a private repository is its creator's and the administrators'.
TEST_F(GuardTest, APrivateRepositoryIsItsCreatorsAndTheAdministrators) {
    add_repository(database, "team/mine", "operator", true);
    add_repository(database, "open/mine", "viewer", true);
    EXPECT_EQ(has(as("operator"), "team/mine"), "image.pull image.push member.read project.read repository.update ");
    EXPECT_EQ(has(as("admin"), "team/mine"), kEverything);
    EXPECT_EQ(has(as("root"), "team/mine"), kEverything);
    EXPECT_EQ(has(as("viewer"), "team/mine"), "");
    EXPECT_EQ(has(as("stranger"), "team/mine"), "");
    EXPECT_EQ(has(nobody, "open/mine"), "");
    EXPECT_EQ(has(robot("team", {"image.pull", "image.push"}), "team/mine"), "");
    EXPECT_EQ(has(as("viewer"), "open/mine"), "image.pull project.read repository.update ");
}

TEST_F(GuardTest, ACreatorWithoutARoleAnyMoreIsNobody) {
    add_repository(database, "team/left", "stranger", true);
    EXPECT_EQ(has(as("stranger"), "team/left"), "");
    // Pushed without sign-in: nobody is its creator.
    add_repository(database, "open/none", "", true);
    EXPECT_FALSE(may(nobody, "image.pull", "open/none"));
}

TEST_F(GuardTest, ARobotMayWhatItsScopesSay) {
    auto ci = robot("team", {"image.pull", "image.push"});
    EXPECT_EQ(has(ci, "team/app"), "image.pull image.push ");
    EXPECT_EQ(has(ci, "open/app"), "") << "not even a guest";
    EXPECT_EQ(has_of_server(ci), "catalog.read project.list public registry.sign-in ");
    EXPECT_EQ(has(robot("*", {"image.pull"}), "open/app"), "image.pull ");
    EXPECT_FALSE(may(robot("*", {"user.manage"}), "user.manage")) << "no robot is an administrator";
}

TEST_F(GuardTest, ATokenMayAtMostWhatItsPersonMay) {
    Scopes push{{.project = "*", .repository = {}, .permissions = {"image.pull", "image.push"}}};
    EXPECT_EQ(has(with_scopes(as("viewer"), push), "team/app"), "image.pull ");
    EXPECT_EQ(has(with_scopes(as("admin"), push), "team/app"), "image.pull image.push ");
    EXPECT_EQ(has(with_scopes(as("root"), push), "team/app"), "image.pull image.push ");
    EXPECT_FALSE(may(with_scopes(as("root"), push), "user.manage"));
    EXPECT_FALSE(may(with_scopes(as("root"), push), "account.self"));
    EXPECT_EQ(has(with_scopes(as("root"), {}), "team/app"), "") << "scopes that can't be read grant nothing";
}

TEST_F(GuardTest, AnonymousPullMakesEveryProjectPublic) {
    configure({.anonymous = Anonymous::pull});
    EXPECT_EQ(has(nobody, "team/app"), "image.pull project.read ");
    EXPECT_EQ(has(nobody, "nothing/app"), "") << "which is not there";
    add_repository(database, "team/mine", "operator", true);
    EXPECT_EQ(has(nobody, "team/mine"), "");
}

TEST_F(GuardTest, AnonymousPushMakesEverybodyAnOperator) {
    configure({.anonymous = Anonymous::push});
    EXPECT_EQ(has(nobody, "team/app"), "image.pull image.push member.read project.read ");
    EXPECT_TRUE(may(nobody, "image.push", "fresh/app"));
    EXPECT_EQ(has_of_server(nobody), "catalog.read project.list public registry.sign-in ");
    EXPECT_EQ(has(as("admin"), "team/app"), kEverything);
}

TEST_F(GuardTest, EverybodyIsAnAdministratorWithoutAccessControl) {
    configure({.everybody_is_admin = true});
    for (const auto& row : permission_table())
        EXPECT_TRUE(may(nobody, std::string(row.name), "team/app")) << row.name;
}

TEST_F(GuardTest, RefusalsNameWhatIsMissingAndWhatToDo) {
    auto refused = [this](CallerPtr caller, const std::string& permission, const std::string& resource) {
        return failure(identity->guard.require(std::move(caller), permission, resource));
    };
    EXPECT_EQ(refused(nobody, "image.pull", "team/app"),
              std::pair(ErrorKind::unauthenticated, std::string("sign in to do this")));
    EXPECT_EQ(refused(as("viewer"), "image.push", "team/app"),
              std::pair(ErrorKind::permission_denied,
                        std::string("viewer lacks the permission image.push on team/app: ask an administrator of the "
                                    "project for a role that has it")));
    EXPECT_EQ(refused(as("viewer"), "user.manage", "").second,
              "viewer lacks the permission user.manage: only administrators of the server have it");
    Scopes pull{{.project = "team", .repository = {}, .permissions = {"image.pull"}}};
    EXPECT_EQ(refused(with_scopes(as("admin"), pull), "image.push", "team/app").second,
              "admin lacks the permission image.push on team/app: token ci was made without it");
}

TEST_F(GuardTest, AFirstPushMakesTheProject) {
    run(identity->guard.require_push(as("root"), "fresh/app", kTester));
    auto event = audited("project.create");
    EXPECT_EQ(event.resource, "fresh");
    EXPECT_EQ(event.actor.name, "tester");
    auto project = run(identity->projects.get("fresh", as("root")));
    EXPECT_FALSE(project.row.is_public);
    EXPECT_EQ(project.row.created_by, "tester");
    run(identity->guard.require_push(as("root"), "fresh/other", kTester));
    EXPECT_EQ(audit("project.create").size(), 1U) << "only once";
}

TEST_F(GuardTest, NobodyElsesPushMakesAProject) {
    EXPECT_EQ(failure(identity->guard.require_push(as("operator"), "fresh/app", kTester)).first,
              ErrorKind::permission_denied);
    EXPECT_EQ(
        failure(identity->guard.require_push(robot("*", {"image.push"}), "fresh/app", kTester)),
        std::pair(ErrorKind::not_found, std::string("there is no project fresh; an administrator can create it")));
    configure({.anonymous = Anonymous::push});
    run(identity->guard.require_push(nobody, "fresh/app", kTester));
    EXPECT_EQ(audited("project.create").resource, "fresh");
}

TEST_F(GuardTest, ListsShowWhatMayBePulled) {
    add_repository(database, "team/mine", "operator", true);
    add_repository(database, "open/hidden", "viewer", true);
    auto shown = [this](CallerPtr caller) {
        auto visibility = run(identity->guard.visibility(std::move(caller)));
        std::string names;
        for (const auto* name : {"team/app", "team/mine", "open/app", "open/hidden", "nothing/app"})
            if (visibility.shows(name))
                names += std::string(name) + " ";
        return names;
    };
    EXPECT_EQ(shown(nobody), "open/app ");
    EXPECT_EQ(shown(as("stranger")), "open/app ");
    EXPECT_EQ(shown(as("viewer")), "team/app open/app open/hidden ");
    EXPECT_EQ(shown(as("operator")), "team/app team/mine open/app ");
    EXPECT_EQ(shown(as("admin")), "team/app team/mine open/app ");
    EXPECT_EQ(shown(as("root")), "team/app team/mine open/app open/hidden nothing/app ");
    EXPECT_EQ(shown(robot("team", {"image.pull"})), "team/app ");
    EXPECT_EQ(shown(robot("*", {"image.push"})), "");
    Scopes open{{.project = "open", .repository = {}, .permissions = {"image.pull"}}};
    EXPECT_EQ(shown(with_scopes(as("root"), open)), "open/app open/hidden ");
}

// What lists show and what each answers alone must be the same.
TEST_F(GuardTest, ListsAgreeWithSingleQuestions) {
    add_repository(database, "team/mine", "operator", true);
    add_repository(database, "open/hidden", "", true);
    std::vector<CallerPtr> callers{nobody, robot("team", {"image.pull"}), robot("*", {"image.pull"})};
    for (const auto& [name, user] : people)
        callers.push_back(as(name));
    for (auto anonymous : {Anonymous::none, Anonymous::pull, Anonymous::push}) {
        configure({.anonymous = anonymous});
        for (const auto& caller : callers) {
            auto visibility = run(identity->guard.visibility(caller));
            for (const auto* name : {"team/app", "team/mine", "open/app", "open/hidden"})
                EXPECT_EQ(visibility.shows(name), may(caller, "image.pull", name))
                    << caller->name << " " << name << " " << static_cast<int>(anonymous);
        }
    }
}

} // namespace
} // namespace cang::identity
