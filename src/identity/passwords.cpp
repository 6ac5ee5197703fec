#include "identity/passwords.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <array>
#include <fmt/format.h>
#include <sodium.h>

namespace cang::identity {

namespace {

// OWASP's smallest recommended argon2id setting: 19 MiB, two passes. More memory would break the promise of a small
// server.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19 * 1024 * 1024;
constexpr int kMaxVerifications = 2;
constexpr std::size_t kGeneratedBytes = 16;
constexpr std::size_t kMaxRemembered = 1'000;

std::string hash_of(const Secret& password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    const auto& value = password.reveal();
    if (crypto_pwhash_str_alg(text.data(), value.data(), value.size(), kPasses, kMemoryBytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw Error(ErrorKind::unavailable, "not enough memory to hash a password");
    return text.data();
}

class Turn {
public:
    explicit Turn(std::atomic<int>& running) : running_(running) {
        if (running_.fetch_add(1) >= kMaxVerifications) {
            --running_;
            Error error(ErrorKind::rate_limited, "too many sign-ins at the same time");
            throw error.with_retry_after(std::chrono::seconds(1));
        }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { --running_; }

private:
    std::atomic<int>& running_;
};

} // namespace

Passwords::Passwords() {
    if (sodium_init() < 0)
        throw Error(ErrorKind::internal, "libsodium can't start");
    fingerprint_key_ = random_hex(crypto_generichash_KEYBYTES / 2);
}

std::string Passwords::hash(const Secret& password) { return hash_of(password); }

void Passwords::require_good(const Secret& password) {
    auto size = password.reveal().size();
    if (size < kMinPasswordBytes || size > kMaxPasswordBytes)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("a password has {} to {} bytes", kMinPasswordBytes, kMaxPasswordBytes));
}

Secret Passwords::generate() { return Secret(random_hex(kGeneratedBytes)); }

std::string Passwords::fingerprint(std::string_view user, const Secret& password, const std::string& hash) const {
    auto text = std::string(user).append(1, '\0').append(hash).append(1, '\0').append(password.reveal());
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(fingerprint_key_.data()), fingerprint_key_.size());
    return to_hex(std::as_bytes(std::span(digest)));
}

bool Passwords::remembers(std::string_view user, const Secret& password, const std::string& hash) const {
    if (hash.empty())
        return false;
    Secret candidate(fingerprint(user, password, hash));
    std::lock_guard lock(mutex_);
    auto found = remembered_.find(std::string(user));
    return found != remembered_.end() && candidate.equals(found->second);
}

bool Passwords::verify(std::string_view user, const Secret& password, const std::string& hash) {
    Turn turn(verifying_);
    const auto& value = password.reveal();
    if (hash.empty())
        std::call_once(made_nobody_, [this] { nobody_ = hash_of(generate()); });
    const auto& against = hash.empty() ? nobody_ : hash;
    bool right = crypto_pwhash_str_verify(against.c_str(), value.data(), value.size()) == 0;
    if (!right || hash.empty())
        return false;
    auto passed = fingerprint(user, password, hash);
    std::lock_guard lock(mutex_);
    if (remembered_.size() >= kMaxRemembered)
        remembered_.clear();
    remembered_[std::string(user)] = std::move(passed);
    return true;
}

} // namespace cang::identity
