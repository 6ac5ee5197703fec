#include "base/oci/digest.hpp"

#include "base/oci/foreign_text.hpp"

#include <array>
#include <cassert>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace cang::oci {

namespace {

constexpr std::string_view kDigestOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::size_t hex_length(DigestAlgorithm algorithm) { return algorithm == DigestAlgorithm::sha256 ? 64 : 128; }

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::optional<DigestAlgorithm> algorithm_of(std::string_view name) {
    if (name == "sha256")
        return DigestAlgorithm::sha256;
    if (name == "sha512")
        return DigestAlgorithm::sha512;
    return std::nullopt;
}

} // namespace

std::string_view to_string(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::sha256 ? "sha256" : "sha512";
}

Digest::Digest() : algorithm_(DigestAlgorithm::sha256), hex_(kDigestOfNothing) {}

Digest::Digest(DigestAlgorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {
    assert(hex_.size() == hex_length(algorithm_));
}

std::expected<Digest, ParseError> Digest::parse(std::string_view text) {
    auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::unexpected(ParseError{"a digest is written algorithm:hex", 0});
    auto name = text.substr(0, colon);
    auto algorithm = algorithm_of(name);
    if (!algorithm)
        return std::unexpected(ParseError{
            fmt::format("the digest algorithm {} is not supported (sha256 and sha512 are)", show_foreign(name)), 0});
    auto hex = text.substr(colon + 1);
    for (std::size_t i = 0; i < hex.size(); ++i)
        if (!is_lower_hex(hex[i]))
            return std::unexpected(ParseError{"a digest is written in lower-case hex", colon + 1 + i});
    if (hex.size() != hex_length(*algorithm))
        return std::unexpected(ParseError{
            fmt::format("a {} digest has {} hex digits, not {}", name, hex_length(*algorithm), hex.size()), colon + 1});
    return Digest(*algorithm, std::string(hex));
}

Digest Digest::of(ByteView bytes, DigestAlgorithm algorithm) {
    std::array<std::byte, EVP_MAX_MD_SIZE> raw;
    unsigned length = 0;
    const EVP_MD* method = algorithm == DigestAlgorithm::sha256 ? EVP_sha256() : EVP_sha512();
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(raw.data()), &length, method,
                   nullptr) != 1)
        throw Error(ErrorKind::internal, "OpenSSL refused to compute a digest");
    return Digest(algorithm, to_hex(ByteView(raw).first(length)));
}

Digest Digest::of(std::string_view text, DigestAlgorithm algorithm) { return of(as_bytes(text), algorithm); }

std::string Digest::to_string() const { return fmt::format("{}:{}", oci::to_string(algorithm_), hex_); }

Digest require_digest(std::string_view text) {
    auto digest = Digest::parse(text);
    if (digest)
        return *digest;
    auto error = Error(ErrorKind::invalid_argument,
                       fmt::format("{} is not a digest: {}", show_foreign(text), digest.error().to_string()));
    throw error.with_code("DIGEST_INVALID");
}

} // namespace cang::oci
