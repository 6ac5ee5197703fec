#include "transfer/registries.hpp"

#include "image/store/migrations.hpp"
#include "image/store/remote_registry_store.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

using testing::run_async;

RegistrySettings settings_of(std::string name, std::string url) {
    RegistrySettings settings;
    settings.name = std::move(name);
    settings.url = std::move(url);
    return settings;
}

RegistrySettings with_password(RegistrySettings settings, std::string password = "hunter2") {
    settings.user = "me";
    settings.password = Secret(std::move(password));
    return settings;
}

class RegistriesTest : public ::testing::Test {
protected:
    ~RegistriesTest() override { pool.join(); }

    RemoteRegistry create(RegistrySettings settings) {
        return run_async<RemoteRegistry>([&] { return registries.create(settings); });
    }
    RemoteRegistry update(const std::string& id, RegistrySettings settings) {
        return run_async<RemoteRegistry>([&] { return registries.update(id, settings); });
    }
    RemoteRegistry get(const std::string& id) {
        return run_async<RemoteRegistry>([&] { return registries.get(id); });
    }
    Diagnosis test(RegistrySettings settings, std::string id = "") {
        return run_async<Diagnosis>([&] { return registries.test(settings, id); });
    }
    std::optional<distribution::RegistryOptions> find_access(const std::string& host) {
        return run_async<std::optional<distribution::RegistryOptions>>([&] { return registries.find_access(host); });
    }
    RegistryPage list(RegistryQuery query) {
        return run_async<RegistryPage>([&] { return registries.list(query); });
    }
    store::RemoteRegistryRow row(const std::string& id) {
        return database.read_now([&](sql::Connection& c) { return store::RemoteRegistryStore(c).find(id).value(); });
    }
    static std::string failure_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            return error.message();
        }
        return "";
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    sql::Database database{(directory / "test.db").string(), store::migrations(), pool};
    std::shared_ptr<const http::AddressPolicy> policy =
        std::make_shared<http::AddressPolicy>(http::OutgoingList(), http::OutgoingList());
    Registries registries{database, vault::Sealer(directory / "secrets.key"), clock, policy};
};

TEST_F(RegistriesTest, KeepsWhatItIsTold) {
    auto created = create(with_password(settings_of("Work", "https://Registry.Example:5000/")));
    auto found = get(created.id);
    EXPECT_EQ(found.name, "Work");
    EXPECT_EQ(found.address.url(), "https://registry.example:5000");
    EXPECT_EQ(found.user, "me");
    EXPECT_TRUE(found.has_password);
    EXPECT_TRUE(found.tls_verify);
    EXPECT_FALSE(found.has_ca_certificate);
    EXPECT_EQ(found.created_at, clock.now());
    EXPECT_TRUE(found.last_test.empty());
}

TEST_F(RegistriesTest, GivesAccessByTheHostOfAnImageName) {
    create(with_password(settings_of("work", "https://registry.example")));
    auto plain = settings_of("lab", "http://lab:80");
    plain.tls_verify = false;
    create(plain);
    create(settings_of("hub", "https://index.docker.io"));
    for (std::string host : {"registry.example", "Registry.Example", "registry.example:443"}) {
        auto access = find_access(host);
        ASSERT_TRUE(access) << host;
        EXPECT_EQ(access->credentials.username, "me");
        EXPECT_EQ(access->credentials.password.reveal(), "hunter2");
        EXPECT_FALSE(access->plain_http);
        EXPECT_FALSE(access->plain_http_fallback);
        EXPECT_TRUE(access->tls.verify);
    }
    auto lab = find_access("lab:80");
    ASSERT_TRUE(lab);
    EXPECT_TRUE(lab->plain_http);
    EXPECT_TRUE(lab->credentials.anonymous());
    for (std::string host : {"docker.io", "registry-1.docker.io"})
        EXPECT_TRUE(find_access(host)) << host;
    for (std::string host : {"registry.example:80", "registry.example:5000", "other.example", "", "a/b"})
        EXPECT_FALSE(find_access(host)) << host;
}

TEST_F(RegistriesTest, PutsEverybodyUnderThePolicyAndNamesWhatIsKept) {
    create(settings_of("work", "https://registry.example"));
    create(settings_of("lab", "http://lab.example:5000"));
    create(settings_of("hub", "https://index.docker.io"));
    const std::pair<const char*, const char*> expected[] = {{"registry.example", "registry.example:443"},
                                                            {"lab.example:5000", "lab.example:5000"},
                                                            {"docker.io", "registry-1.docker.io:443"},
                                                            {"lab.example:5001", ""},
                                                            {"127.0.0.1:5000", ""}};
    for (const auto& [host, peer] : expected) {
        auto options = run_async<distribution::RegistryOptions>([&] { return registries.access_to(host); });
        EXPECT_EQ(options.http.policy, policy) << host;
        EXPECT_EQ(options.http.named_peer, peer) << host;
        EXPECT_EQ(options.plain_http, std::string_view(peer) == "lab.example:5000") << host;
    }
}

TEST_F(RegistriesTest, SealsPasswordsForTheirAddress) {
    auto id = create(with_password(settings_of("work", "https://registry.example"))).id;
    auto stored = row(id);
    EXPECT_TRUE(stored.sealed_password.starts_with("v1."));
    EXPECT_EQ(stored.sealed_password.find("hunter2"), std::string::npos);
    stored.host = "thief.example";
    database.write_now([&](sql::Connection& c) { store::RemoteRegistryStore(c).update(stored); });
    EXPECT_EQ(failure_of([&] { find_access("thief.example"); }),
              "the password for the registry work: a stored secret cannot be opened: it was sealed with another "
              "secrets.key\nput that file back into the data directory, or give the secret again");
}

TEST_F(RegistriesTest, NeverSendsAStoredPasswordToAnotherAddress) {
    auto id = create(with_password(settings_of("work", "https://registry.example"))).id;
    auto moved = settings_of("work", "https://thief.example");
    moved.user = "me";
    const std::string refusal = "the stored password belongs to another url; give it again";
    EXPECT_EQ(failure_of([&] { update(id, moved); }), refusal);
    EXPECT_EQ(failure_of([&] { test(moved, id); }), refusal);
    moved.url = "http://registry.example";
    EXPECT_EQ(failure_of([&] { update(id, moved); }), refusal) << "nor in plain text";
    EXPECT_EQ(get(id).address.url(), "https://registry.example");
    update(id, with_password(moved, "another"));
    EXPECT_EQ(find_access("registry.example")->credentials.password.reveal(), "another");
}

TEST_F(RegistriesTest, LeavesSecretsAsTheyAreOrRemovesThem) {
    auto id = create(with_password(settings_of("work", "https://registry.example"))).id;
    auto changed = settings_of("office", "https://registry.example:443");
    changed.user = "me";
    changed.tls_verify = false;
    clock.advance(std::chrono::seconds(1));
    auto updated = update(id, changed);
    EXPECT_EQ(updated.name, "office");
    EXPECT_EQ(updated.updated_at, clock.now());
    EXPECT_LT(updated.created_at, updated.updated_at);
    EXPECT_EQ(find_access("registry.example")->credentials.password.reveal(), "hunter2");
    EXPECT_FALSE(find_access("registry.example")->tls.verify);
    changed.user = "";
    EXPECT_FALSE(update(id, changed).has_password);
}

TEST_F(RegistriesTest, RefusesWhatCannotBe) {
    auto refusal = [&](auto change) {
        auto settings = settings_of("work", "https://registry.example");
        change(settings);
        return failure_of([&] { create(settings); });
    };
    using Settings = RegistrySettings;
    EXPECT_EQ(refusal([](Settings& s) { s.name = ""; }), "name is missing");
    EXPECT_EQ(refusal([](Settings& s) { s.name = std::string(101, 'x'); }), "name is longer than 100 bytes");
    EXPECT_EQ(refusal([](Settings& s) { s.name = " x"; }),
              "name has a control character, or a space at its begin or end");
    EXPECT_EQ(refusal([](Settings& s) { s.url = "https://a:b@registry.example"; }),
              "url: it holds a user or password; give them apart");
    EXPECT_EQ(refusal([](Settings& s) { s.user = "me"; }), "user and password are given together or not at all");
    EXPECT_EQ(refusal([](Settings& s) { s.password = Secret("x"); }),
              "user and password are given together or not at all");
    EXPECT_EQ(refusal([](Settings& s) { s = with_password(s), s.user = "a:b"; }),
              "user has a colon or a control character");
    EXPECT_EQ(refusal([](Settings& s) { s = with_password(s, "hunter2\r\nX: y"); }),
              "password has a control character");
    EXPECT_EQ(refusal([](Settings& s) { s = with_password(s, std::string(9000, 'x')); }),
              "password is longer than 8192 bytes");
    EXPECT_EQ(refusal([](Settings& s) { s.ca_certificate = "hello"; }),
              "caCertificate: there is no certificate in it; give PEM text, -----BEGIN CERTIFICATE----- and what "
              "follows");
    EXPECT_EQ(list({}).total, 0U);
}

TEST_F(RegistriesTest, HasEachNameAndHostOnce) {
    auto first = create(settings_of("work", "https://registry.example"));
    auto second = create(settings_of("lab", "https://lab.example"));
    EXPECT_EQ(failure_of([&] { create(settings_of("work", "https://other.example")); }),
              "there is a registry named work already");
    EXPECT_EQ(failure_of([&] { create(settings_of("again", "http://registry.example")); }),
              "the registry registry.example is here already, as work");
    EXPECT_EQ(failure_of([&] { update(second.id, settings_of("work", "https://lab.example")); }),
              "there is a registry named work already");
    update(first.id, settings_of("work", "https://registry.example"));
}

TEST_F(RegistriesTest, ListsByNameInPages) {
    for (std::string name : {"c", "a", "b"})
        create(settings_of(name, "https://" + name + ".example"));
    auto first = list({.search = "", .cursor = "", .limit = 2});
    ASSERT_EQ(first.registries.size(), 2U);
    EXPECT_EQ(first.registries[0].name, "a");
    EXPECT_EQ(first.total, 3U);
    auto second = list({.search = "", .cursor = first.next, .limit = 2});
    ASSERT_EQ(second.registries.size(), 1U);
    EXPECT_EQ(second.registries[0].name, "c");
    EXPECT_EQ(second.next, "");
    auto found = list({.search = "B.EX", .cursor = "", .limit = 2});
    ASSERT_EQ(found.registries.size(), 1U);
    EXPECT_EQ(found.total, 1U);
}

TEST_F(RegistriesTest, ForgetsOnce) {
    auto id = create(settings_of("work", "https://registry.example")).id;
    run_async([&] { return registries.remove(id); });
    EXPECT_EQ(failure_of([&] { run_async([&] { return registries.remove(id); }); }), "there is no such registry");
    EXPECT_EQ(failure_of([&] { get(id); }), "there is no such registry");
    EXPECT_FALSE(find_access("registry.example"));
}

TEST_F(RegistriesTest, RemembersTheLastTestOfTheseSettings) {
    testing::ScriptedServer server({testing::Exchange{.target = "/v2/", .forever = true, .body = "{}"}});
    auto id = create(settings_of("work", server.url(""))).id;
    auto diagnosis = run_async<Diagnosis>([&] { return registries.test(id); });
    EXPECT_TRUE(diagnosis.ok);
    EXPECT_EQ(get(id).last_test, document_of(diagnosis));
    update(id, settings_of("office", server.url("")));
    EXPECT_TRUE(get(id).last_test.empty());
}

TEST_F(RegistriesTest, TestsWhatIsNotStoredWithTheStoredPassword) {
    testing::ScriptedServer server({testing::Exchange{.target = "/v2/",
                                                      .headers = {{"Authorization", ""}},
                                                      .forever = true,
                                                      .status = 401,
                                                      .response_headers = {{"WWW-Authenticate", "Basic realm=\"x\""}}},
                                    testing::Exchange{.target = "/v2/",
                                                      .headers = {{"Authorization", "Basic bWU6aHVudGVyMg=="}},
                                                      .forever = true}});
    auto id = create(with_password(settings_of("work", server.url("")))).id;
    auto changed = settings_of("", server.url(""));
    changed.user = "me";
    EXPECT_TRUE(test(changed, id).ok);
    EXPECT_TRUE(get(id).last_test.empty()) << "these are not the stored settings";
    EXPECT_EQ(test(settings_of("", "nonsense")).steps.at(0).step, "address");
}

} // namespace
} // namespace cang::transfer
