// Remote registries as rows. What sealing, addresses and tests mean is the caller's business; here they are text.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct RemoteRegistryRow {
    RowId row = 0;
    std::string id;
    std::string name; // unique
    std::string host; // unique
    bool plain_http = false;
    std::string user;
    std::string sealed_password; // empty: none
    bool tls_verify = true;
    std::string ca_certificate; // PEM; empty: none
    std::string last_test;      // JSON object; empty: none
    Timestamp created_at;
    Timestamp updated_at;
};

class RemoteRegistryStore {
public:
    explicit RemoteRegistryStore(sql::Connection& connection) : connection_(connection) {}

    RowId create(const RemoteRegistryRow& registry);
    std::optional<RemoteRegistryRow> find(const std::string& id);
    std::optional<RemoteRegistryRow> find_by_name(const std::string& name);
    std::optional<RemoteRegistryRow> find_by_host(const std::string& host);
    // By byte order of the name after `last`; `text` is a part of name or host, whatever the case of its letters, empty
    // for all.
    std::vector<RemoteRegistryRow> list(const std::string& text, const std::string& last, std::size_t limit);
    std::uint64_t count(const std::string& text);
    // Writes everything but id and created_at.
    void update(const RemoteRegistryRow& registry);
    // False when the registry is gone or was updated after `updated_at`.
    bool set_last_test(const std::string& id, Timestamp updated_at, const std::string& test);
    // False when it was not there.
    bool remove(const std::string& id);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
