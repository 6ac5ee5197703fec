// What the store of remote registries promises, on SQLite and on PostgreSQL alike.
#include "image/store/remote_registry_store.hpp"

#include "base/error.hpp"
#include "image/store/store_fixture.hpp"

namespace cang::store {
namespace {

constexpr Timestamp noon{std::chrono::hours(12)};
constexpr Timestamp later = noon + std::chrono::hours(1);

RemoteRegistryRow registry_of(std::string name, std::string host) {
    RemoteRegistryRow row;
    row.id = "id of " + name;
    row.name = std::move(name);
    row.host = std::move(host);
    row.created_at = noon;
    row.updated_at = noon;
    return row;
}

class RemoteRegistryStoreContract : public StoreFixture {
protected:
    static std::vector<std::string> names(const std::vector<RemoteRegistryRow>& rows) {
        std::vector<std::string> found;
        for (const auto& row : rows)
            found.push_back(row.name);
        return found;
    }
};

using Names = std::vector<std::string>;

TEST_P(RemoteRegistryStoreContract, KeepsEveryColumn) {
    write([](sql::Connection& c) {
        RemoteRegistryStore store(c);
        auto given = registry_of("Häfen", "r.example:5000");
        given.plain_http = true;
        given.user = "me";
        given.sealed_password = "v1.sealed";
        given.tls_verify = false;
        given.ca_certificate = "-----BEGIN";
        given.last_test = "{}";
        given.updated_at = later;
        auto row = store.create(given);
        auto found = store.find(given.id).value();
        EXPECT_EQ(found.row, row);
        EXPECT_EQ(found.name, "Häfen");
        EXPECT_EQ(found.host, "r.example:5000");
        EXPECT_TRUE(found.plain_http);
        EXPECT_EQ(found.user, "me");
        EXPECT_EQ(found.sealed_password, "v1.sealed");
        EXPECT_FALSE(found.tls_verify);
        EXPECT_EQ(found.ca_certificate, "-----BEGIN");
        EXPECT_EQ(found.last_test, "{}");
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.updated_at, later);
        EXPECT_EQ(store.find_by_name("Häfen")->id, given.id);
        EXPECT_EQ(store.find_by_host("r.example:5000")->id, given.id);
        EXPECT_FALSE(store.find("another"));
        EXPECT_FALSE(store.find_by_name("häfen"));
        EXPECT_FALSE(store.find_by_host("r.example"));
    });
}

TEST_P(RemoteRegistryStoreContract, ChangesEverythingButIdAndBirth) {
    write([](sql::Connection& c) {
        RemoteRegistryStore store(c);
        auto registry = registry_of("a", "a.example");
        store.create(registry);
        registry.name = "b";
        registry.host = "b.example";
        registry.plain_http = true;
        registry.user = "me";
        registry.sealed_password = "v1.sealed";
        registry.tls_verify = false;
        registry.ca_certificate = "-----BEGIN";
        registry.created_at = later;
        registry.updated_at = later;
        store.update(registry);
        auto found = store.find(registry.id).value();
        EXPECT_EQ(found.name + " " + found.host + " " + found.user, "b b.example me");
        EXPECT_TRUE(found.plain_http);
        EXPECT_FALSE(found.tls_verify);
        EXPECT_EQ(found.sealed_password + found.ca_certificate, "v1.sealed-----BEGIN");
        EXPECT_EQ(found.created_at, noon);
        EXPECT_EQ(found.updated_at, later);
        EXPECT_EQ(names(store.list("B.EX", "", 10)), Names{"b"}) << "the search text follows";
    });
}

TEST_P(RemoteRegistryStoreContract, ListsByNameAndFindsParts) {
    write([](sql::Connection& c) {
        RemoteRegistryStore store(c);
        store.create(registry_of("b", "one.example"));
        store.create(registry_of("Z", "two.example"));
        store.create(registry_of("a_c", "three.example"));
        EXPECT_EQ(names(store.list("", "", 10)), (Names{"Z", "a_c", "b"})) << "byte order";
        EXPECT_EQ(names(store.list("", "Z", 1)), Names{"a_c"});
        EXPECT_EQ(names(store.list("TWO", "", 10)), Names{"Z"});
        EXPECT_EQ(names(store.list("z", "", 10)), Names{"Z"});
        EXPECT_EQ(names(store.list("a_", "", 10)), Names{"a_c"}) << "no wildcard";
        EXPECT_EQ(store.count(""), 3U);
        EXPECT_EQ(store.count("example"), 3U);
        EXPECT_EQ(store.count("%"), 0U);
    });
}

TEST_P(RemoteRegistryStoreContract, HasEachNameAndHostOnce) {
    write([](sql::Connection& c) { RemoteRegistryStore(c).create(registry_of("a", "a.example")); });
    for (auto again : {registry_of("a", "b.example"), registry_of("b", "a.example")}) {
        auto create = [again](sql::Connection& c) { RemoteRegistryStore(c).create(again); };
        try {
            write(create);
            ADD_FAILURE() << again.name << " " << again.host;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::already_exists);
        }
    }
}

TEST_P(RemoteRegistryStoreContract, RemembersATestOfTheseSettingsOnly) {
    write([](sql::Connection& c) {
        RemoteRegistryStore store(c);
        auto registry = registry_of("a", "a.example");
        store.create(registry);
        EXPECT_TRUE(store.set_last_test(registry.id, noon, "{\"ok\":true}"));
        EXPECT_EQ(store.find(registry.id)->last_test, "{\"ok\":true}");
        registry.updated_at = later;
        store.update(registry);
        EXPECT_EQ(store.find(registry.id)->last_test, "");
        EXPECT_FALSE(store.set_last_test(registry.id, noon, "{\"ok\":true}"));
        EXPECT_EQ(store.find(registry.id)->last_test, "");
    });
}

TEST_P(RemoteRegistryStoreContract, RemovesOnce) {
    write([](sql::Connection& c) {
        RemoteRegistryStore store(c);
        store.create(registry_of("a", "a.example"));
        EXPECT_TRUE(store.remove("id of a"));
        EXPECT_FALSE(store.remove("id of a"));
        EXPECT_FALSE(store.find("id of a"));
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, RemoteRegistryStoreContract, every_engine(), engine_name);

} // namespace
} // namespace cang::store
