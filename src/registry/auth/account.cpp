#include "registry/auth/account.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "vault/key_file.hpp"

#include <array>
#include <sodium.h>

namespace cang::registry::auth {

namespace {

// OWASP's smallest recommended argon2id setting: 19 MiB, two passes. More memory would break the promise of a small
// server, and the generated password has 128 bits of its own.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19 * 1024 * 1024;
constexpr int kMaxVerifications = 2;
constexpr std::size_t kGeneratedBytes = 16;

Secret without_line_end(const Secret& text) {
    auto value = text.reveal();
    while (value.ends_with('\n') || value.ends_with('\r'))
        value.pop_back();
    return Secret(std::move(value));
}

std::string hash_of(const Secret& password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    const auto& value = password.reveal();
    if (crypto_pwhash_str_alg(text.data(), value.data(), value.size(), kPasses, kMemoryBytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw Error(ErrorKind::unavailable, "not enough memory to hash the administrator's password");
    return text.data();
}

bool matches(const std::string& hash, const Secret& password) {
    const auto& value = password.reveal();
    return crypto_pwhash_str_verify(hash.c_str(), value.data(), value.size()) == 0;
}

// A keyed or plain BLAKE2b in hex.
std::string blake(std::string_view text, std::string_view key, std::size_t bytes) {
    std::array<unsigned char, crypto_generichash_BYTES_MAX> digest{};
    crypto_generichash(digest.data(), bytes, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
    return to_hex(std::as_bytes(std::span(digest)).first(bytes));
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

Account::Account(const std::filesystem::path& data_directory, const std::filesystem::path& password_file) {
    if (sodium_init() < 0)
        throw Error(ErrorKind::internal, "libsodium can't start");
    fingerprint_key_ = random_hex(crypto_generichash_KEYBYTES / 2);
    auto path = data_directory / "admin.hash";
    if (auto stored = vault::find_secret_file(path))
        hash_ = without_line_end(*stored).reveal();
    if (!password_file.empty()) {
        auto given = vault::find_secret_file(password_file);
        if (!given)
            throw Error(ErrorKind::not_found, "the administrator's password file does not exist");
        auto password = without_line_end(*given);
        if (password.empty())
            throw Error(ErrorKind::invalid_argument, "the administrator's password file is empty");
        if (hash_.empty() || !matches(hash_, password))
            store(password, path);
        remembered_ = fingerprint(name, password);
    } else if (hash_.empty()) {
        generated_ = Secret(random_hex(kGeneratedBytes));
        store(*generated_, path);
        remembered_ = fingerprint(name, *generated_);
    }
    epoch_ = blake(hash_, {}, crypto_generichash_BYTES_MIN);
}

void Account::store(const Secret& password, const std::filesystem::path& path) {
    hash_ = hash_of(password);
    vault::put_secret_file(path, Secret(hash_ + "\n"));
}

std::string Account::fingerprint(std::string_view user, const Secret& password) const {
    auto text = std::string(user).append(1, '\0').append(password.reveal());
    return blake(text, fingerprint_key_, crypto_generichash_BYTES);
}

bool Account::remembers(std::string_view user, const Secret& password) const {
    Secret candidate(fingerprint(user, password));
    std::lock_guard lock(mutex_);
    return !remembered_.empty() && candidate.equals(remembered_);
}

bool Account::verify(std::string_view user, const Secret& password) {
    Turn turn(verifying_);
    // The hash is checked for a wrong name too: the answer's time must not tell which of the two was wrong.
    auto right = matches(hash_, password);
    if (!right || user != name)
        return false;
    auto passed = fingerprint(user, password);
    std::lock_guard lock(mutex_);
    remembered_ = std::move(passed);
    return true;
}

} // namespace cang::registry::auth
