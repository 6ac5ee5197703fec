// What the stores of people, projects, members, robots, tokens and sessions promise, on SQLite and on PostgreSQL alike.
#include "image/store/api_token_store.hpp"
#include "image/store/project_store.hpp"
#include "image/store/robot_store.hpp"
#include "image/store/session_store.hpp"
#include "image/store/store_fixture.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::hours(1);

UserRow user_of(std::string name) {
    return {.id = "id of " + name, .name = name, .display_name = name, .created_at = noon, .updated_at = noon};
}
ProjectRow project_of(std::string name, bool is_public = false) {
    return {.name = name, .display_name = name, .is_public = is_public, .created_at = noon, .updated_at = noon};
}
template <typename Rows>
std::string names(const Rows& rows) {
    std::string text;
    for (const auto& row : rows)
        text += row.name + " ";
    return text;
}

class IdentityStores : public StoreFixture {
protected:
    // The kind of error that the write fails with.
    template <typename Work>
    ErrorKind failure(Work work) {
        try {
            write(work);
        } catch (const Error& error) {
            return error.kind();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorKind::internal;
    }
};

TEST_P(IdentityStores, KeepEveryColumnOfAUser) {
    write([](sql::Connection& c) {
        UserStore users(c);
        auto given = user_of("Ägir");
        given.display_name = "Ägir der Wirt";
        given.email = "ägir@example";
        given.password_hash = "$argon2id$";
        given.issuer = "https://id.example";
        given.subject = "42";
        given.admin = true;
        given.disabled = true;
        given.epoch = 3;
        given.rights = 4;
        given.updated_at = later;
        auto row = users.create(given);
        users.set_last_login(row, later);
        auto found = users.find(given.id).value();
        EXPECT_EQ(found.row, row);
        EXPECT_EQ(found.name, "Ägir");
        EXPECT_EQ(found.display_name, "Ägir der Wirt");
        EXPECT_EQ(found.email, "ägir@example");
        EXPECT_EQ(found.password_hash, "$argon2id$");
        EXPECT_TRUE(found.admin);
        EXPECT_TRUE(found.disabled);
        EXPECT_EQ(found.epoch, 3);
        EXPECT_EQ(found.rights, 4);
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.updated_at, later);
        EXPECT_EQ(found.last_login_at, later);
        EXPECT_EQ(users.find(row)->id, given.id);
        EXPECT_EQ(users.find_by_name("Ägir")->row, row);
        EXPECT_EQ(users.find_by_subject("https://id.example", "42")->row, row);
        EXPECT_FALSE(users.find_by_subject("https://id.example", "43"));
        EXPECT_FALSE(users.find_by_name("ägir")) << "names differ by the case of their letters";
    });
}

TEST_P(IdentityStores, WantUniqueUsers) {
    write([](sql::Connection& c) { UserStore(c).create(user_of("alice")); });
    EXPECT_EQ(failure([](sql::Connection& c) {
                  auto same_name = user_of("alice");
                  same_name.id = "other";
                  UserStore(c).create(same_name);
              }),
              ErrorKind::already_exists);
    write([](sql::Connection& c) {
        auto one = user_of("bob");
        one.issuer = "i";
        one.subject = "1";
        UserStore(c).create(one);
        UserStore(c).create(user_of("carol")); // people without a provider are no doubles
    });
    EXPECT_EQ(failure([](sql::Connection& c) {
                  auto same_subject = user_of("dave");
                  same_subject.issuer = "i";
                  same_subject.subject = "1";
                  UserStore(c).create(same_subject);
              }),
              ErrorKind::already_exists);
}

TEST_P(IdentityStores, ListUsersInOrderAndByTheirText) {
    write([](sql::Connection& c) {
        UserStore users(c);
        for (const auto* name : {"bob", "Zed", "alice", "10%"})
            users.create(user_of(name));
        EXPECT_EQ(names(users.list("", NameOrder::name, 10, 0)), "10% Zed alice bob ");
        EXPECT_EQ(names(users.list("", NameOrder::name_descending, 2, 1)), "alice Zed ");
        EXPECT_EQ(names(users.list("", NameOrder::created, 10, 0)), "bob Zed alice 10% ");
        EXPECT_EQ(names(users.list("", NameOrder::created_descending, 1, 0)), "10% ");
        EXPECT_EQ(names(users.list("E", NameOrder::name, 10, 0)), "Zed alice ");
        EXPECT_EQ(names(users.list("%", NameOrder::name, 10, 0)), "10% ");
        EXPECT_EQ(names(users.list("_", NameOrder::name, 10, 0)), "");
        EXPECT_EQ(users.count(""), 4U);
        EXPECT_EQ(users.count("E"), 2U);
    });
}

TEST_P(IdentityStores, CountAdministratorsWhoCanSignIn) {
    write([](sql::Connection& c) {
        UserStore users(c);
        auto root = user_of("root");
        root.admin = true;
        root.row = users.create(root);
        users.create(user_of("alice"));
        EXPECT_EQ(users.count_admins(), 1U);
        root.disabled = true;
        users.update(root);
        EXPECT_EQ(users.count_admins(), 0U);
        EXPECT_TRUE(users.find(root.row)->disabled);
    });
}

TEST_P(IdentityStores, KeepEveryColumnOfAProject) {
    write([](sql::Connection& c) {
        ProjectStore projects(c);
        auto given = project_of("team", true);
        given.display_name = "The Team";
        given.description = "Ours.";
        given.quota_bytes = 1ULL << 50;
        given.created_by = "alice";
        given.row = projects.create(given);
        auto found = projects.find("team").value();
        EXPECT_EQ(found.row, given.row);
        EXPECT_EQ(found.display_name, "The Team");
        EXPECT_EQ(found.description, "Ours.");
        EXPECT_TRUE(found.is_public);
        EXPECT_EQ(found.quota_bytes, 1ULL << 50);
        EXPECT_EQ(found.created_by, "alice");
        EXPECT_EQ(found.created_at, noon);
        given.quota_bytes = std::nullopt;
        given.is_public = false;
        given.updated_at = later;
        projects.update(given);
        found = projects.find("team").value();
        EXPECT_FALSE(found.quota_bytes);
        EXPECT_FALSE(found.is_public);
        EXPECT_EQ(found.updated_at, later);
        EXPECT_TRUE(projects.remove(given.row));
        EXPECT_FALSE(projects.find("team"));
    });
    write([](sql::Connection& c) { ProjectStore(c).create(project_of("team")); });
    EXPECT_EQ(failure([](sql::Connection& c) { ProjectStore(c).create(project_of("team")); }),
              ErrorKind::already_exists);
}

TEST_P(IdentityStores, ListTheProjectsThatSomebodySees) {
    write([](sql::Connection& c) {
        ProjectStore projects(c);
        auto alice = UserStore(c).create(user_of("alice"));
        projects.create(project_of("open", true));
        auto team = projects.create(project_of("team"));
        projects.create(project_of("hidden"));
        MemberStore(c).put(team, alice, "viewer", noon);
        auto listed = [&](ProjectFilter filter) {
            auto rows = projects.list(filter, NameOrder::name, 10, 0);
            EXPECT_EQ(projects.count(filter), rows.size());
            EXPECT_EQ(projects.list_names(filter).size(), rows.size());
            return names(rows);
        };
        EXPECT_EQ(listed({.all = true}), "hidden open team ");
        EXPECT_EQ(listed({.member = alice}), "open team ");
        EXPECT_EQ(listed({.with_public = false, .member = alice}), "team ");
        EXPECT_EQ(listed({}), "open ");
        EXPECT_EQ(listed({.text = "EA", .all = true}), "team ");
        EXPECT_EQ(names(projects.list({.all = true}, NameOrder::created_descending, 2, 0)), "hidden team ");
    });
}

TEST_P(IdentityStores, CountWhatIsInAProjectAndNotBesideIt) {
    write([](sql::Connection& c) {
        ProjectStore projects(c);
        RepositoryStore repositories(c);
        for (const auto* name : {"team", "team/app", "team/x/y", "team-2/app", "tea/m", "teams"})
            repositories.count(repositories.ensure(name, noon), 0, 1, noon);
        repositories.ensure("team/empty", noon);
        EXPECT_EQ(projects.count_repositories("team"), 3U);
        EXPECT_EQ(projects.used_bytes("team"), 0U);
        auto object = [&c](RowId id, std::uint64_t bytes) {
            c.execute("INSERT INTO objects (id, digest, size, touched_at) VALUES (:id, :digest, :size, 0)", id,
                      fmt::format("sha256:{}", id), bytes);
        };
        auto link = [&c](RowId repository, RowId object_id) {
            c.execute("INSERT INTO repository_blobs (repository_id, object_id) VALUES (:repository, :object)",
                      repository, object_id);
        };
        object(1, 10);
        object(2, 100);
        object(3, 1'000);
        link(*repositories.find("team/app"), 1);
        link(*repositories.find("team/x/y"), 1); // the same bytes once
        link(*repositories.find("team"), 2);
        link(*repositories.find("team-2/app"), 3);
        EXPECT_EQ(projects.used_bytes("team"), 110U);
    });
}

TEST_P(IdentityStores, KeepOneRoleOfAMember) {
    write([](sql::Connection& c) {
        MemberStore members(c);
        auto alice = UserStore(c).create(user_of("alice"));
        auto bob = UserStore(c).create(user_of("bob"));
        auto team = ProjectStore(c).create(project_of("team"));
        auto other = ProjectStore(c).create(project_of("other"));
        members.put(team, bob, "viewer", noon);
        members.put(team, alice, "viewer", noon);
        members.put(other, alice, "operator", noon);
        members.put(team, alice, "admin", later);
        auto rows = members.list(team);
        ASSERT_EQ(rows.size(), 2U);
        EXPECT_EQ(rows[0].user_id, "id of alice");
        EXPECT_EQ(rows[0].role, "admin");
        EXPECT_EQ(rows[0].since, noon);
        EXPECT_EQ(rows[1].name, "bob");
        EXPECT_EQ(members.find_role(team, alice), "admin");
        EXPECT_FALSE(members.find_role(other, bob));
        auto of_alice = members.list_of_user(alice);
        ASSERT_EQ(of_alice.size(), 2U);
        EXPECT_EQ(of_alice[0].project, "other");
        EXPECT_EQ(UserStore(c).count_projects(alice), 2U);
        EXPECT_TRUE(members.remove(team, alice));
        EXPECT_FALSE(members.remove(team, alice));
        UserStore(c).remove(bob);
        EXPECT_TRUE(members.list(team).empty()) << "memberships go with the person";
        ProjectStore(c).remove(other);
        EXPECT_TRUE(members.list_of_user(alice).empty()) << "and with the project";
    });
}

TEST_P(IdentityStores, KeepEveryColumnOfARobot) {
    write([](sql::Connection& c) {
        RobotStore robots(c);
        auto team = ProjectStore(c).create(project_of("team"));
        RobotRow given{.id = "r1",
                       .project = team,
                       .name = "robot$team+ci",
                       .description = "Builds",
                       .secret_hash = "hash",
                       .scopes = "[]",
                       .created_by = "alice",
                       .created_at = noon,
                       .expires_at = later};
        given.row = robots.create(given);
        robots.set_last_used(given.row, later);
        auto found = robots.find("r1").value();
        EXPECT_EQ(found.row, given.row);
        EXPECT_EQ(found.project, team);
        EXPECT_EQ(found.name, given.name);
        EXPECT_EQ(found.description, "Builds");
        EXPECT_EQ(found.secret_hash, "hash");
        EXPECT_EQ(found.scopes, "[]");
        EXPECT_FALSE(found.disabled);
        EXPECT_EQ(found.created_by, "alice");
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.expires_at, later);
        EXPECT_EQ(found.last_used_at, later);
        RobotRow server{.id = "r2", .project = {}, .name = "robot$a", .secret_hash = "hash2", .created_at = noon};
        robots.create(server);
        EXPECT_EQ(names(robots.list(team)), "robot$team+ci ");
        EXPECT_EQ(names(robots.list(std::nullopt)), "robot$a ");
        given.disabled = true;
        given.expires_at = std::nullopt;
        given.secret_hash = "hash3";
        robots.update(given);
        EXPECT_EQ(robots.find_by_name("robot$team+ci")->secret_hash, "hash3");
        EXPECT_TRUE(robots.find("r1")->disabled);
        EXPECT_FALSE(robots.find("r1")->expires_at);
        ProjectStore(c).remove(team);
        EXPECT_FALSE(robots.find("r1")) << "goes with its project";
        EXPECT_TRUE(robots.remove(robots.find("r2")->row));
    });
}

TEST_P(IdentityStores, KeepEveryColumnOfAToken) {
    write([](sql::Connection& c) {
        ApiTokenStore tokens(c);
        auto alice = UserStore(c).create(user_of("alice"));
        ApiTokenRow given{.id = "t1",
                          .user = alice,
                          .name = "ci",
                          .token_hash = "hash",
                          .scopes = "[]",
                          .created_at = noon,
                          .expires_at = later};
        given.row = tokens.create(given);
        tokens.create({.id = "t2", .user = alice, .name = "second", .token_hash = "hash2", .created_at = later});
        tokens.set_last_used(given.row, later);
        auto found = tokens.find_by_hash("hash").value();
        EXPECT_EQ(found.id, "t1");
        EXPECT_EQ(found.user, alice);
        EXPECT_EQ(found.name, "ci");
        EXPECT_EQ(found.scopes, "[]");
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.expires_at, later);
        EXPECT_EQ(found.last_used_at, later);
        EXPECT_EQ(names(tokens.list(alice)), "second ci ");
        EXPECT_FALSE(tokens.find_by_hash("nothing"));
        EXPECT_TRUE(tokens.remove(given.row));
        EXPECT_FALSE(tokens.find("t1"));
        UserStore(c).remove(alice);
        EXPECT_FALSE(tokens.find("t2")) << "goes with its person";
    });
}

TEST_P(IdentityStores, KeepSessionsUntilTheyEnd) {
    write([](sql::Connection& c) {
        SessionStore sessions(c);
        auto alice = UserStore(c).create(user_of("alice"));
        auto bob = UserStore(c).create(user_of("bob"));
        auto add = [&](std::string id, RowId user, Timestamp ends) {
            sessions.create({.id = std::move(id),
                             .user = user,
                             .kind = "browser",
                             .address = "10.0.0.1",
                             .user_agent = "Firefox",
                             .created_at = noon,
                             .expires_at = ends});
        };
        add("a1", alice, later);
        add("a2", alice, later + std::chrono::hours(1));
        add("a3", alice, later + std::chrono::hours(1));
        add("b1", bob, later + std::chrono::hours(1));
        auto found = sessions.find("a1").value();
        EXPECT_EQ(found.user, alice);
        EXPECT_EQ(found.kind, "browser");
        EXPECT_EQ(found.address, "10.0.0.1");
        EXPECT_EQ(found.user_agent, "Firefox");
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.expires_at, later);
        auto listed = sessions.list(alice, later);
        ASSERT_EQ(listed.size(), 2U) << "what has just ended is not among them";
        EXPECT_EQ(listed.front().id, "a3");
        EXPECT_EQ(sessions.remove_expired(later), 1U);
        EXPECT_EQ(sessions.remove_others(alice, "a2"), 1U);
        EXPECT_TRUE(sessions.find("a2"));
        EXPECT_TRUE(sessions.find("b1"));
        EXPECT_TRUE(sessions.remove("a2"));
        EXPECT_FALSE(sessions.remove("a2"));
        UserStore(c).remove(bob);
        EXPECT_FALSE(sessions.find("b1")) << "goes with its person";
    });
}

TEST_P(IdentityStores, KnowWhoMadeARepositoryAndWhetherItIsPrivate) {
    write([](sql::Connection& c) {
        RepositoryStore repositories(c);
        repositories.ensure("team/app", noon, "alice");
        repositories.ensure("team/app", later, "bob");
        EXPECT_EQ(repositories.find_ownership("team/app")->created_by, "alice") << "whoever came first";
        EXPECT_FALSE(repositories.find_ownership("team/app")->is_private);
        EXPECT_TRUE(repositories.list_private().empty());
        EXPECT_TRUE(repositories.set_private("team/app", true));
        EXPECT_FALSE(repositories.set_private("team/nothing", true));
        ASSERT_EQ(repositories.list_private().size(), 1U);
        EXPECT_EQ(repositories.list_private().front().created_by, "alice");
        EXPECT_FALSE(repositories.find_ownership("team/nothing"));
    });
}

TEST_P(IdentityStores, WhoPutsTheFirstImageMadeTheRepository) {
    write([](sql::Connection& c) {
        RepositoryStore repositories(c);
        auto of = [&repositories](const std::string& name) { return repositories.find_ownership(name)->created_by; };
        auto id = repositories.ensure("team/app", noon);
        EXPECT_EQ(of("team/app"), "") << "a blob came";
        repositories.ensure("team/app", noon, "alice");
        EXPECT_EQ(of("team/app"), "alice");
        repositories.count(id, 0, 1, noon);
        repositories.forget_creator("bob");
        EXPECT_EQ(of("team/app"), "alice");
        repositories.forget_creator("alice");
        repositories.ensure("team/app", later, "bob");
        EXPECT_EQ(of("team/app"), "") << "there are images already";
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, IdentityStores, every_engine(), engine_name);

} // namespace
} // namespace cang::store
