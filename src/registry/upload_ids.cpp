#include "registry/upload_ids.hpp"

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cang::registry {

namespace {

constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kSealBytes = 8; // 2^64 guesses over the network for one foreign upload

} // namespace

std::string UploadIds::make(std::string_view repository) const {
    auto random = random_hex(kRandomBytes);
    return random + seal(random, repository);
}

bool UploadIds::belongs(std::string_view id, std::string_view repository) const {
    if (id.size() != 2 * (kRandomBytes + kSealBytes))
        return false;
    auto random = id.substr(0, 2 * kRandomBytes);
    return Secret(seal(random, repository)).equals(id.substr(random.size()));
}

std::string UploadIds::seal(std::string_view random, std::string_view repository) const {
    auto text = std::string(random).append(1, '\n').append(repository);
    std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), code.data(), &length);
    return to_hex(std::as_bytes(std::span(code)).first(kSealBytes));
}

} // namespace cang::registry
