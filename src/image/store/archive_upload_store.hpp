// Archives on their way in, as rows. Their bytes are the business of transfer/.
#pragma once

#include "image/store/repository_store.hpp"

namespace cang::store {

struct ArchiveUploadRow {
    std::string id;
    std::string name;
    std::uint64_t size = 0;
    Timestamp created_at;
    Timestamp expires_at;
    std::string created_by = {};
};

class ArchiveUploadStore {
public:
    explicit ArchiveUploadStore(sql::Connection& connection) : connection_(connection) {}

    void create(const ArchiveUploadRow& upload);
    std::optional<ArchiveUploadRow> find(const std::string& id);
    // Never earlier than it was. False when there is no such upload.
    bool extend(const std::string& id, Timestamp expires_at);
    bool remove(const std::string& id);
    std::vector<std::string> list_expired(Timestamp now, std::size_t limit);

private:
    sql::Connection& connection_;
};

} // namespace cang::store
