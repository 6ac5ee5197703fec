// Robot accounts: programs that sign in with a secret of their own, may do what their scopes say and nothing else. A
// project's robots are named "robot$team+ci" and have scopes in that project only; the server's "robot$ci" anywhere.
// Every change is audited in its own transaction. Errors as for Users. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "identity/caller.hpp"
#include "identity/stamps.hpp"
#include "image/store/robot_store.hpp"

namespace cang::identity {

using Robot = store::RobotRow;

struct RobotSettings {
    std::string description;
    bool disabled = false;
    std::optional<Timestamp> expires_at;
    Scopes scopes;
};

struct NewRobot {
    Robot robot;
    Secret secret; // shown once
};

class Robots {
public:
    static constexpr std::string_view prefix = "robot$";
    static constexpr std::string_view secret_prefix = "cang_robot_";

    Robots(sql::Database& database, Stamps& stamps, const Clock& clock);

    // `project` is empty for the whole server.
    awaitable<NewRobot> create(std::string project, std::string name, RobotSettings settings, Actor actor);
    awaitable<std::vector<Robot>> list(std::string project);
    awaitable<Robot> get(std::string project, std::string id);
    awaitable<Robot> update(std::string project, std::string id, RobotSettings settings, Actor actor);
    // The old secret is void at once.
    awaitable<NewRobot> renew_secret(std::string project, std::string id, Actor actor);
    awaitable<void> remove(std::string project, std::string id, Actor actor);

private:
    sql::Database& database_;
    Stamps& stamps_;
    const Clock& clock_;
};

// What a robot is that proved to be `robot`.
Caller caller_for(const Robot& robot);

// What is kept of a secret that is random: SHA-256 in hex.
std::string hash_of_secret(const Secret& secret);
Secret make_secret(std::string_view prefix);

} // namespace cang::identity
