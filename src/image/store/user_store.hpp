// People as rows. What hashes and epochs mean is identity/'s business.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct UserRow {
    RowId row = 0;
    std::string id;
    std::string name; // unique
    std::string display_name;
    std::string email;
    std::string password_hash;          // empty: signs in elsewhere
    std::optional<std::string> issuer;  // where, with
    std::optional<std::string> subject; // the name there
    bool admin = false;
    bool disabled = false;
    std::int64_t epoch = 0;
    std::int64_t rights = 0;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> last_login_at;
};

enum class NameOrder { name, name_descending, created, created_descending };

class UserStore {
public:
    explicit UserStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const UserRow& user);
    std::optional<UserRow> find(const std::string& id);
    std::optional<UserRow> find(RowId row);
    std::optional<UserRow> find_by_name(const std::string& name);
    std::optional<UserRow> find_by_subject(const std::string& issuer, const std::string& subject);
    // `text` is a part of name, display name or address, whatever the case of its letters; empty for all.
    std::vector<UserRow> list(const std::string& text, NameOrder order, std::size_t limit, std::size_t offset);
    std::uint64_t count(const std::string& text);
    std::uint64_t count_admins(); // that can sign in
    std::uint64_t count_projects(RowId user);
    // Writes everything but id and created_at.
    void update(const UserRow& user);
    void set_last_login(RowId user, Timestamp now);
    bool remove(RowId user);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
