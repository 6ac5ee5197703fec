// For tests of this room and of those above: people, projects and repositories in a database, and an identity over it.
#pragma once

#include "identity/identity.hpp"
#include "image/store/migrations.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace cang::identity {

inline constexpr const char* kKnownPassword = "correct horse battery";
inline const Actor kTester{.name = "tester", .via = "test", .address = "10.0.0.9", .request_id = "r1"};

// A person with the known password, which is hashed once for all tests.
inline User add_user(sql::Database& database, const std::string& name, bool admin = false) {
    static const std::string hash = [] {
        Passwords passwords;
        return Passwords::hash(Secret(kKnownPassword));
    }();
    User user{.id = "id-" + name,
              .name = name,
              .display_name = name,
              .password_hash = hash,
              .admin = admin,
              .created_at = {}};
    auto add = [&user](sql::Connection& connection) { return store::UserStore(connection).create(user); };
    user.row = database.write_now(add);
    return user;
}

inline store::RowId add_project(sql::Database& database, const std::string& name, bool is_public = false) {
    auto add = [&](sql::Connection& connection) {
        return store::ProjectStore(connection)
            .create({.name = name, .display_name = name, .is_public = is_public, .created_by = "tester"});
    };
    return database.write_now(add);
}

inline void add_member(sql::Database& database, store::RowId project, const User& user, Role role) {
    auto add = [&](sql::Connection& connection) {
        store::MemberStore(connection).put(project, user.row, std::string(to_string(role)), {});
    };
    database.write_now(add);
}

inline void add_repository(sql::Database& database, const std::string& name, const std::string& creator = {},
                           bool is_private = false) {
    auto add = [&](sql::Connection& connection) {
        store::RepositoryStore repositories(connection);
        repositories.ensure(name, {}, creator);
        repositories.set_private(name, is_private);
    };
    database.write_now(add);
}

inline CallerPtr caller_ptr_of(const User& user) { return std::make_shared<const Caller>(caller_for(user)); }

class IdentityFixture : public ::testing::Test {
protected:
    IdentityFixture() { configure({}); }
    ~IdentityFixture() override {
        identity.reset();
        pool.join();
    }
    void configure(GuardOptions options) { identity = std::make_unique<Identity>(options, database, clock, pool); }

    template <typename T>
    static T run(awaitable<T> work) {
        return cang::testing::run_async<T>([&work]() -> awaitable<T> { return std::move(work); });
    }
    // Kind and message of what it threw; fails when it did not.
    template <typename T>
    static std::pair<ErrorKind, std::string> failure(awaitable<T> work) {
        try {
            run(std::move(work));
        } catch (const Error& error) {
            return {error.kind(), error.message()};
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }
    std::vector<store::AuditRow> audit(const std::string& action = {}) {
        store::AuditFilter filter;
        filter.action = action;
        return run(identity->audit.read(filter, 0, 1'000));
    }
    // The only event of that action.
    store::AuditRow audited(const std::string& action) {
        auto events = audit(action);
        EXPECT_EQ(events.size(), 1U) << action;
        return events.empty() ? store::AuditRow{} : events.front();
    }

    cang::testing::TempDir directory;
    cang::testing::FakeClock clock;
    async::BlockingPool pool{2};
    sql::Database database{(directory / "store.db").string(), store::migrations(), pool};
    std::unique_ptr<Identity> identity;
};

} // namespace cang::identity
