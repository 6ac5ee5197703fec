#include "identity/users.hpp"

#include "identity/identity_fixture.hpp"
#include "vault/key_file.hpp"

#include <fstream>

namespace cang::identity {
namespace {

class FirstAdmin : public IdentityFixture {
protected:
    std::filesystem::path password_file(const std::string& text) {
        vault::put_secret_file(directory / "password", Secret(text));
        return directory / "password";
    }
    std::optional<Secret> start(const std::filesystem::path& file = {}) {
        configure({}); // as a server that starts: nothing is remembered
        return identity->users.ensure_first_admin(file, directory / "admin.hash");
    }
    User admin() { return run(identity->users.find_by_name("admin")).value(); }
    bool opens(const std::string& password) {
        return identity->passwords.verify("admin", Secret(password), admin().password_hash);
    }
};

TEST_F(FirstAdmin, GetsAMadeUpPasswordOnce) {
    auto password = start();
    ASSERT_TRUE(password);
    EXPECT_EQ(password->reveal().size(), 32U);
    EXPECT_TRUE(admin().admin);
    auto epoch = admin().epoch;
    EXPECT_FALSE(start());
    EXPECT_TRUE(opens(password->reveal()));
    EXPECT_EQ(admin().epoch, epoch) << "a restart ends nobody's sessions";
}

TEST_F(FirstAdmin, IsNeverStoredInClear) {
    auto password = start().value().reveal();
    EXPECT_TRUE(admin().password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << admin().password_hash;
    identity.reset();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::string bytes(std::istreambuf_iterator<char>(file), {});
        EXPECT_EQ(bytes.find(password), std::string::npos) << entry.path();
    }
}

TEST_F(FirstAdmin, HasThePasswordOfTheFileFromThenOn) {
    auto made_up = start().value().reveal();
    auto epoch = admin().epoch;
    EXPECT_FALSE(start(password_file("s3cret\r\n")));
    EXPECT_TRUE(opens("s3cret"));
    EXPECT_FALSE(opens(made_up));
    EXPECT_GT(admin().epoch, epoch);
    epoch = admin().epoch;
    EXPECT_FALSE(start(password_file("s3cret")));
    EXPECT_EQ(admin().epoch, epoch) << "the same one is no change";
    EXPECT_FALSE(start());
    EXPECT_TRUE(opens("s3cret"));
}

TEST_F(FirstAdmin, RefusesAnEmptyOrMissingPasswordFile) {
    auto message = [this](const std::filesystem::path& file) {
        try {
            start(file);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string();
    };
    EXPECT_EQ(message(password_file("\n")), "the administrator's password file is empty");
    EXPECT_EQ(message(directory / "nothing"), "the administrator's password file does not exist");
}

TEST_F(FirstAdmin, TakesOverTheHashThatEarlierVersionsKept) {
    auto hash = Passwords::hash(Secret("from before"));
    vault::put_secret_file(directory / "admin.hash", Secret(hash + "\n"));
    EXPECT_FALSE(start());
    EXPECT_TRUE(opens("from before"));
    EXPECT_EQ(admin().password_hash, hash);
    EXPECT_FALSE(std::filesystem::exists(directory / "admin.hash"));
    EXPECT_FALSE(start());
    EXPECT_TRUE(opens("from before"));
}

TEST_F(FirstAdmin, IsNotMadeAgainWhereOthersAre) {
    add_user(database, "root", true);
    EXPECT_FALSE(start());
    EXPECT_FALSE(run(identity->users.find_by_name("admin")));
}

TEST_F(FirstAdmin, IsLetInAgainByANewPasswordFile) {
    start();
    add_user(database, "root", true);
    run(identity->users.update(admin().id, {.admin = false, .disabled = true}, kTester));
    start(password_file("a way back in"));
    EXPECT_TRUE(admin().admin);
    EXPECT_FALSE(admin().disabled);
    EXPECT_TRUE(opens("a way back in"));
}

class UsersTest : public IdentityFixture {
protected:
    User create(NewUser wanted) { return run(identity->users.create(std::move(wanted), kTester)); }
    std::pair<ErrorKind, std::string> create_failure(NewUser wanted) {
        return failure(identity->users.create(std::move(wanted), kTester));
    }
    User get(const std::string& id) { return run(identity->users.get(id)); }
    User root = add_user(database, "root", true);
};

TEST_F(UsersTest, AreCreatedAndAuditedWithoutASecret) {
    auto made = create({.name = "alice", .email = "a@example", .password = Secret(kKnownPassword)});
    EXPECT_EQ(made.display_name, "alice");
    EXPECT_EQ(made.created_at, clock.now());
    EXPECT_EQ(get(made.id).name, "alice");
    auto event = audited("user.create");
    EXPECT_EQ(event.resource, "user alice");
    EXPECT_EQ(event.before, "");
    EXPECT_EQ(event.after,
              R"({"name":"alice","displayName":"alice","email":"a@example","admin":false,"disabled":false})");
    EXPECT_EQ(event.actor.name, "tester");
    EXPECT_EQ(event.actor.address, "10.0.0.9");
}

TEST_F(UsersTest, HaveANameOfTheirOwn) {
    create({.name = "alice"});
    EXPECT_EQ(create_failure({.name = "alice"}),
              std::pair(ErrorKind::already_exists, std::string("there is a user named alice already")));
    for (const auto* name : {"", "-x", "a b", "a/b", "robot$ci", "a\n", "ä", "a:b"})
        EXPECT_EQ(create_failure({.name = name}),
                  std::pair(ErrorKind::invalid_argument,
                            std::string("name: at most 128 letters, digits and . _ - @ +, the first of them no -")))
            << name;
    EXPECT_EQ(create_failure({.name = std::string(129, 'a')}).first, ErrorKind::invalid_argument);
    EXPECT_EQ(create_failure({.name = "bob", .password = Secret("short")}).second, "a password has 8 to 1024 bytes");
    EXPECT_EQ(create_failure({.name = "bob", .display_name = "a\nb"}).second,
              "displayName: has a control character or is no UTF-8");
    EXPECT_EQ(create_failure({.name = "bob", .email = std::string(256, 'a')}).second, "email: at most 255 bytes");
    EXPECT_EQ(audit("user.create").size(), 1U) << "what failed leaves no trace of success";
}

TEST_F(UsersTest, AreListedAPageAtATime) {
    for (const auto* name : {"bob", "Alice", "carol"})
        create({.name = name});
    auto names = [this](UserQuery query) {
        auto page = run(identity->users.list(std::move(query)));
        std::string text = std::to_string(page.total) + ":";
        for (const auto& user : page.users)
            text += " " + user.name;
        return text;
    };
    EXPECT_EQ(names({}), "4: Alice bob carol root");
    EXPECT_EQ(names({.order = store::NameOrder::name_descending, .limit = 2}), "4: root carol");
    EXPECT_EQ(names({.order = store::NameOrder::created, .limit = 2, .offset = 1}), "4: bob Alice");
    EXPECT_EQ(names({.search = "AL"}), "1: Alice");
    EXPECT_EQ(names({.search = "%"}), "0:");
}

// Whatever the way, somebody stays who can let others in.
TEST_F(UsersTest, TheLastAdministratorCannotGo) {
    auto last =
        std::pair(ErrorKind::conflict, std::string("this is the last administrator; make somebody else one first"));
    EXPECT_EQ(failure(identity->users.remove(root.id, kTester)), last);
    EXPECT_EQ(failure(identity->users.update(root.id, {.admin = false}, kTester)), last);
    EXPECT_EQ(failure(identity->users.update(root.id, {.disabled = true}, kTester)), last);
    EXPECT_TRUE(get(root.id).admin);
    EXPECT_FALSE(get(root.id).disabled);
    EXPECT_TRUE(audit("user").empty());
    auto second = create({.name = "second", .admin = true});
    run(identity->users.update(second.id, {.disabled = true}, kTester));
    EXPECT_EQ(failure(identity->users.remove(root.id, kTester)), last) << "who is disabled does not count";
    run(identity->users.update(second.id, {.disabled = false}, kTester));
    run(identity->users.remove(root.id, kTester));
    EXPECT_EQ(failure(identity->users.get(root.id)).first, ErrorKind::not_found);
}

TEST_F(UsersTest, ChangesTellBeforeAndAfter) {
    auto alice = create({.name = "alice"});
    clock.advance(std::chrono::seconds(1));
    run(identity->users.update(alice.id, {.display_name = "Alice A.", .email = "a@example", .admin = true}, kTester));
    auto event = audited("user.update");
    EXPECT_NE(event.before.find(R"("displayName":"alice")"), std::string::npos) << event.before;
    EXPECT_NE(event.after.find(R"("displayName":"Alice A.")"), std::string::npos) << event.after;
    EXPECT_NE(event.after.find(R"("admin":true)"), std::string::npos) << event.after;
    EXPECT_EQ(get(alice.id).updated_at, clock.now());
    run(identity->users.update(alice.id, {}, kTester));
    EXPECT_TRUE(get(alice.id).admin) << "what is not said stays";
    EXPECT_EQ(get(alice.id).display_name, "alice");
}

TEST_F(UsersTest, DisablingEndsEverySession) {
    auto alice = create({.name = "alice"});
    auto session = run(identity->sessions.open(alice, "browser", std::chrono::hours(1), "", kTester));
    EXPECT_TRUE(run(identity->sessions.find(session.id)));
    run(identity->users.update(alice.id, {.disabled = true}, kTester));
    EXPECT_FALSE(run(identity->sessions.find(session.id)));
    run(identity->users.update(alice.id, {.disabled = false}, kTester));
    EXPECT_FALSE(run(identity->sessions.find(session.id))) << "for good";
}

TEST_F(UsersTest, ANewPasswordEndsTheOtherSessions) {
    auto alice = create({.name = "alice"});
    auto open = [&] { return run(identity->sessions.open(alice, "browser", std::chrono::hours(1), "", kTester)).id; };
    auto kept = open();
    auto other = open();
    run(identity->users.set_password(alice.id, Secret("long enough"), kept, kTester));
    EXPECT_TRUE(run(identity->sessions.find(kept)));
    EXPECT_FALSE(run(identity->sessions.find(other)));
    auto event = audited("user.password");
    EXPECT_EQ(event.before + event.after, "") << "nothing of the password";
    EXPECT_EQ(failure(identity->users.set_password(alice.id, Secret("short"), "", kTester)).first,
              ErrorKind::invalid_argument);
    EXPECT_EQ(failure(identity->users.set_password("nobody", Secret("long enough"), "", kTester)),
              std::pair(ErrorKind::not_found, std::string("there is no user nobody")));
}

TEST_F(UsersTest, TakeEverythingOfTheirsAlong) {
    auto alice = create({.name = "alice"});
    auto project = add_project(database, "team");
    add_member(database, project, alice, Role::viewer);
    auto session = run(identity->sessions.open(alice, "browser", std::chrono::hours(1), "", kTester));
    auto token = run(identity->tokens.create(alice.row, "ci", {}, {}, kTester));
    EXPECT_EQ(run(identity->users.count_projects(alice.row)), 1U);
    EXPECT_EQ(run(identity->users.memberships(alice.row)).at(0).role, "viewer");
    run(identity->users.remove(alice.id, kTester));
    EXPECT_FALSE(run(identity->sessions.find(session.id)));
    EXPECT_TRUE(run(identity->projects.list_members("team")).empty());
    EXPECT_FALSE(run(identity->authenticator.find_bearer({.secret = token.secret, .address = "10.0.0.1"})));
    EXPECT_EQ(audited("user.delete").resource, "user alice");
}

// A refresh token names its person and their epoch.
TEST_F(UsersTest, OfTheSameNameAreNotTheOneBefore) {
    auto first = create({.name = "alice"});
    run(identity->users.remove(first.id, kTester));
    clock.advance(std::chrono::milliseconds(1));
    EXPECT_NE(create({.name = "alice"}).epoch, first.epoch);
}

TEST_F(UsersTest, ComeFromAProviderAndStayTheSame) {
    add_project(database, "team");
    ForeignIdentity who{.issuer = "https://id.example", .subject = "42", .name = "root", .display_name = "Rosa\n"};
    who.memberships.push_back({.project = "team", .role = "operator"});
    who.memberships.push_back({.project = "nothing", .role = "admin"});
    auto first = run(identity->users.ensure_foreign(who, kTester));
    EXPECT_EQ(first.name, "root-2") << "the name was taken";
    EXPECT_EQ(first.display_name, "Rosa");
    EXPECT_FALSE(first.admin);
    EXPECT_EQ(run(identity->users.memberships(first.row)).size(), 1U);
    who.name = "another";
    auto second = run(identity->users.ensure_foreign(who, kTester));
    EXPECT_EQ(second.id, first.id);
    EXPECT_EQ(second.name, "root-2");
    EXPECT_EQ(audit("user").size(), 1U) << "nothing has changed";
    EXPECT_EQ(failure(identity->users.set_password(first.id, Secret("long enough"), "", kTester)).second,
              "root-2 signs in at https://id.example; change the password there");
    run(identity->users.update(first.id, {.disabled = true}, kTester));
    EXPECT_EQ(failure(identity->users.ensure_foreign(who, kTester)),
              std::pair(ErrorKind::permission_denied, std::string("this account is disabled; ask an administrator")));
}

} // namespace
} // namespace cang::identity
