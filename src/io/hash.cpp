#include "io/hash.hpp"

#include <cstring>
#include <openssl/sha.h>
#include <type_traits>
#include <variant>

// The low-level contexts are deprecated in OpenSSL 3 but the only ones that are plain data, hence savable.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

namespace cang::io {

namespace {

using oci::DigestAlgorithm;

constexpr char kFormatVersion = 1;
constexpr std::size_t kHeader = 2; // version, algorithm
constexpr std::size_t kChecksum = 8;

static_assert(std::is_trivially_copyable_v<SHA256_CTX> && std::is_trivially_copyable_v<SHA512_CTX>);

std::string checksum(std::string_view payload) {
    unsigned char full[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), full);
    return {reinterpret_cast<const char*>(full), kChecksum};
}

} // namespace

struct Hash::State {
    std::variant<SHA256_CTX, SHA512_CTX> context;
    std::uint64_t bytes = 0;

    // The number of message bits OpenSSL keeps must be the one we count, or the state is not of this stream.
    bool consistent() const {
        if (const auto* context256 = std::get_if<SHA256_CTX>(&context)) {
            std::uint64_t bits = (std::uint64_t{context256->Nh} << 32) | context256->Nl;
            return bits == bytes * 8 && context256->num == bytes % SHA256_CBLOCK && context256->md_len == 32;
        }
        const auto& context512 = std::get<SHA512_CTX>(context);
        return context512.Nl == bytes * 8 && context512.num == bytes % SHA512_CBLOCK && context512.md_len == 64;
    }
};

Hash::Hash(DigestAlgorithm algorithm) : state_(std::make_unique<State>()) {
    if (algorithm == DigestAlgorithm::sha256)
        SHA256_Init(&state_->context.emplace<SHA256_CTX>());
    else
        SHA512_Init(&state_->context.emplace<SHA512_CTX>());
}

Hash::Hash(const Hash& other) : state_(std::make_unique<State>(*other.state_)) {}

Hash& Hash::operator=(const Hash& other) {
    *state_ = *other.state_;
    return *this;
}

Hash::~Hash() = default;

DigestAlgorithm Hash::algorithm() const noexcept {
    return state_->context.index() == 0 ? DigestAlgorithm::sha256 : DigestAlgorithm::sha512;
}

std::uint64_t Hash::bytes() const noexcept { return state_->bytes; }

void Hash::update(ByteView bytes) {
    if (auto* context256 = std::get_if<SHA256_CTX>(&state_->context))
        SHA256_Update(context256, bytes.data(), bytes.size());
    else
        SHA512_Update(&std::get<SHA512_CTX>(state_->context), bytes.data(), bytes.size());
    state_->bytes += bytes.size();
}

oci::Digest Hash::digest() const {
    std::byte result[SHA512_DIGEST_LENGTH];
    auto* out = reinterpret_cast<unsigned char*>(result);
    State copy = *state_;
    if (auto* context256 = std::get_if<SHA256_CTX>(&copy.context)) {
        SHA256_Final(out, context256);
        return oci::Digest(DigestAlgorithm::sha256, to_hex(ByteView(result, SHA256_DIGEST_LENGTH)));
    }
    SHA512_Final(out, &std::get<SHA512_CTX>(copy.context));
    return oci::Digest(DigestAlgorithm::sha512, to_hex(ByteView(result, SHA512_DIGEST_LENGTH)));
}

std::string Hash::save() const {
    std::string state{kFormatVersion, static_cast<char>(state_->context.index())};
    state.append(reinterpret_cast<const char*>(&state_->bytes), sizeof state_->bytes);
    std::visit([&](const auto& context) { state.append(reinterpret_cast<const char*>(&context), sizeof context); },
               state_->context);
    return state + checksum(state);
}

std::optional<Hash> Hash::restore(std::string_view state) {
    if (state.size() < kHeader + kChecksum || state[0] != kFormatVersion || state[1] < 0 || state[1] > 1)
        return std::nullopt;
    auto payload = state.substr(0, state.size() - kChecksum);
    if (state.substr(payload.size()) != checksum(payload))
        return std::nullopt;
    Hash hash(state[1] == 0 ? DigestAlgorithm::sha256 : DigestAlgorithm::sha512);
    auto size = std::visit([](const auto& context) { return sizeof context; }, hash.state_->context);
    if (payload.size() != kHeader + sizeof hash.state_->bytes + size)
        return std::nullopt;
    std::memcpy(&hash.state_->bytes, payload.data() + kHeader, sizeof hash.state_->bytes);
    std::visit(
        [&](auto& context) {
            std::memcpy(&context, payload.data() + kHeader + sizeof hash.state_->bytes, sizeof context);
        },
        hash.state_->context);
    if (!hash.state_->consistent())
        return std::nullopt;
    return hash;
}

} // namespace cang::io
