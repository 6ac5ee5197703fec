// Robot accounts as rows. What scopes mean is identity/'s business; here they are JSON.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct RobotRow {
    RowId row = 0;
    std::string id;
    std::optional<RowId> project; // nullopt: of the whole server
    std::string name;             // unique, "robot$team+ci"
    std::string description;
    std::string secret_hash; // unique
    std::string scopes;
    bool disabled = false;
    std::string created_by;
    Timestamp created_at;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> last_used_at;
};

class RobotStore {
public:
    explicit RobotStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const RobotRow& robot);
    std::optional<RobotRow> find(const std::string& id);
    std::optional<RobotRow> find_by_name(const std::string& name);
    std::vector<RobotRow> list(std::optional<RowId> project); // by name
    // Writes what people may change: description, secret, scopes, disabled, expiry.
    void update(const RobotRow& robot);
    void set_last_used(RowId robot, Timestamp now);
    bool remove(RowId robot);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
