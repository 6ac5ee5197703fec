// Projects and their members as rows.
#pragma once

#include "image/store/user_store.hpp"

namespace cang::store {

struct ProjectRow {
    RowId row = 0;
    std::string name; // unique
    std::string display_name;
    std::string description;
    bool is_public = false;
    std::optional<std::uint64_t> quota_bytes;
    std::string created_by;
    Timestamp created_at;
    Timestamp updated_at;
};

struct MemberRow {
    std::string user_id;
    std::string name;
    std::string display_name;
    std::string role;
    Timestamp since;
};

struct MembershipRow {
    std::string project;
    std::string role;
};

// Whose projects a list shows: everybody's when `all`, else the public ones and those of which `member` is one.
struct ProjectFilter {
    std::string text; // part of the name or display name, whatever the case of its letters; empty for all
    bool all = false;
    bool with_public = true;
    RowId member = 0;
};

class ProjectStore {
public:
    explicit ProjectStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const ProjectRow& project);
    std::optional<ProjectRow> find(const std::string& name);
    std::vector<ProjectRow> list(const ProjectFilter& filter, NameOrder order, std::size_t limit, std::size_t offset);
    std::uint64_t count(const ProjectFilter& filter);
    std::vector<std::string> list_names(const ProjectFilter& filter); // of all, by byte order
    // Writes what people may change: display name, description, visibility, quota, updated_at.
    void update(const ProjectRow& project);
    bool remove(RowId project);
    // Its repositories, and the bytes of every object that can be seen in one of them, each once.
    std::uint64_t count_repositories(const std::string& name);
    std::uint64_t used_bytes(const std::string& name);

private:
    sql::Connection& connection_;
};

class MemberStore {
public:
    explicit MemberStore(sql::Connection& connection) : connection_(connection) {}

    std::optional<std::string> find_role(RowId project, RowId user);
    std::vector<MemberRow> list(RowId project); // by name
    std::vector<MembershipRow> list_of_user(RowId user);
    void put(RowId project, RowId user, const std::string& role, Timestamp now);
    bool remove(RowId project, RowId user);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
