// Names of blob uploads. A name is bound to its repository, so that an upload that was started in one repository can
// be neither read, finished nor cancelled through another, without any record of it.
#pragma once

#include <string>
#include <string_view>

namespace cang::registry {

class UploadIds {
public:
    // `key` stays the same over restarts, else interrupted uploads can't be resumed.
    explicit UploadIds(std::string key) : key_(std::move(key)) {}

    // 16 random bytes, then 8 bytes of HMAC-SHA256 over them and the repository, in lower-case hex.
    std::string make(std::string_view repository) const;
    bool belongs(std::string_view id, std::string_view repository) const;

private:
    std::string seal(std::string_view random, std::string_view repository) const;
    std::string key_;
};

} // namespace cang::registry
