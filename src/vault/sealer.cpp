#include "vault/sealer.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "vault/key_file.hpp"

#include <array>
#include <fmt/format.h>
#include <sodium.h>

namespace cang::vault {

namespace {

constexpr std::string_view kVersion = "v1.";
constexpr std::size_t kMaxSecretBytes = 16 * 1024;
constexpr std::size_t kKeyTextBytes = 64; // of the file, in hex

using Key = std::array<unsigned char, crypto_secretbox_KEYBYTES>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string_view without_line_end(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    return text;
}

void require_private(const std::filesystem::path& path) {
    using std::filesystem::perms;
    auto others = std::filesystem::status(path).permissions() & (perms::group_all | perms::others_all);
    if (others != perms::none)
        throw Error(ErrorKind::permission_denied, fmt::format("{} may be read by others than its owner\n"
                                                              "run chmod 600 on it in the data directory",
                                                              path.filename().string()));
}

// A key of its own for each purpose.
Key derive(const Secret& master, std::string_view purpose) {
    Key key{};
    const auto& text = master.reveal();
    crypto_generichash(key.data(), key.size(), bytes_of(purpose), purpose.size(), bytes_of(text), text.size());
    return key;
}

[[noreturn]] void refuse() {
    throw Error(ErrorKind::corrupt, "a stored secret cannot be opened: it was sealed with another secrets.key\n"
                                    "put that file back into the data directory, or give the secret again");
}

std::optional<std::string> try_open(const Secret& master, std::string_view sealed, std::string_view purpose) {
    if (!sealed.starts_with(kVersion))
        return std::nullopt;
    auto box = from_base64(sealed.substr(kVersion.size()));
    constexpr std::size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!box || box->size() < overhead)
        return std::nullopt;
    auto key = derive(master, purpose);
    std::string text(box->size() - overhead, '\0');
    const auto* nonce = bytes_of(*box);
    int failed =
        crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(text.data()), nonce + crypto_secretbox_NONCEBYTES,
                                   box->size() - crypto_secretbox_NONCEBYTES, nonce, key.data());
    sodium_memzero(key.data(), key.size());
    return failed == 0 ? std::optional(std::move(text)) : std::nullopt;
}

// The newest first; empty when there is no such file.
std::vector<Secret> read_keys(const std::filesystem::path& key_file) {
    std::vector<Secret> keys;
    auto existing = find_secret_file(key_file);
    if (!existing)
        return keys;
    require_private(key_file);
    std::string_view rest = without_line_end(existing->reveal());
    for (;;) {
        auto end = rest.find('\n');
        auto line = without_line_end(rest.substr(0, end));
        if (line.size() != kKeyTextBytes || line.find_first_not_of("0123456789abcdef") != std::string_view::npos)
            throw Error(ErrorKind::corrupt, fmt::format("{} does not hold a key of 64 hex digits\n"
                                                        "put the right file back into the data directory",
                                                        key_file.filename().string()));
        keys.emplace_back(std::string(line));
        if (end == std::string_view::npos)
            return keys;
        rest.remove_prefix(end + 1);
    }
}

void write_keys(const std::filesystem::path& key_file, const std::vector<Secret>& keys) {
    std::string text;
    for (const auto& key : keys)
        text += key.reveal() + (keys.size() > 1 ? "\n" : "");
    put_secret_file(key_file, Secret(std::move(text)));
}

} // namespace

// A key is never replaced by itself: whatever is sealed would be lost with it.
Sealer::Sealer(const std::filesystem::path& key_file) {
    if (sodium_init() < 0)
        throw Error(ErrorKind::internal, "libsodium does not start");
    keys_ = read_keys(key_file);
    if (!keys_.empty())
        return;
    keys_.emplace_back(random_hex(kKeyTextBytes / 2));
    write_keys(key_file, keys_);
}

std::string Sealer::seal(const Secret& secret, std::string_view purpose) const {
    const auto& text = secret.reveal();
    if (text.size() > kMaxSecretBytes)
        throw Error(ErrorKind::invalid_argument, fmt::format("a secret has at most {} bytes", kMaxSecretBytes));
    auto key = derive(keys_.front(), purpose);
    std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
    auto* nonce = reinterpret_cast<unsigned char*>(box.data());
    randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes_of(text), text.size(), nonce, key.data());
    sodium_memzero(key.data(), key.size());
    return std::string(kVersion) + to_base64(as_bytes(box));
}

Secret Sealer::open(std::string_view sealed, std::string_view purpose) const {
    for (const auto& key : keys_)
        if (auto text = try_open(key, sealed, purpose))
            return Secret(std::move(*text));
    refuse();
}

bool Sealer::is_newest(std::string_view sealed, std::string_view purpose) const {
    return try_open(keys_.front(), sealed, purpose).has_value();
}

void add_key(const std::filesystem::path& key_file) {
    auto keys = read_keys(key_file);
    if (keys.size() > 1)
        return;
    keys.insert(keys.begin(), Secret(random_hex(kKeyTextBytes / 2)));
    write_keys(key_file, keys);
}

void drop_old_keys(const std::filesystem::path& key_file) {
    auto keys = read_keys(key_file);
    if (keys.size() <= 1)
        return;
    keys.resize(1);
    write_keys(key_file, keys);
}

} // namespace cang::vault
