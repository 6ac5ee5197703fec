// Content digest: algorithm ":" lower-case hex (image-spec descriptor.md#digests). sha256 and sha512 only.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <compare>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

namespace cang::oci {

enum class DigestAlgorithm { sha256, sha512 };

std::string_view to_string(DigestAlgorithm algorithm); // "sha256"

// Always valid; the default-constructed one is the sha256 of nothing.
class Digest {
public:
    Digest();
    static std::expected<Digest, ParseError> parse(std::string_view text);
    // `hex` must be the algorithm's length in lower case; asserted.
    Digest(DigestAlgorithm algorithm, std::string hex);
    // Digest of bytes in memory.
    static Digest of(ByteView bytes, DigestAlgorithm algorithm = DigestAlgorithm::sha256);
    static Digest of(std::string_view text, DigestAlgorithm algorithm = DigestAlgorithm::sha256);

    DigestAlgorithm algorithm() const noexcept { return algorithm_; }
    const std::string& hex() const noexcept { return hex_; }
    std::string to_string() const; // "sha256:…"
    std::string short_hex() const { return hex_.substr(0, 12); }

    friend auto operator<=>(const Digest&, const Digest&) = default;

private:
    DigestAlgorithm algorithm_;
    std::string hex_;
};

// For callers to whom a bad digest is a user's mistake: throws Error{invalid_argument}, code DIGEST_INVALID.
Digest require_digest(std::string_view text);

} // namespace cang::oci

template <>
struct std::hash<cang::oci::Digest> {
    std::size_t operator()(const cang::oci::Digest& digest) const noexcept {
        return std::hash<std::string>{}(digest.hex());
    }
};
