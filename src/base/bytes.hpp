// Byte spans and the handful of text conversions that every room needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cang {

using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;

inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string to_hex(ByteView bytes); // lower case
std::string to_base64(ByteView bytes);
std::string to_base64url(ByteView bytes); // RFC 4648 §5, without padding
// nullopt when the text is not base64 (standard or URL alphabet, padding optional).
std::optional<std::string> from_base64(std::string_view text);

// "1.4 GB", decimal units, for people.
std::string human_bytes(std::uint64_t bytes);

// Cryptographically random lower-case hex, 2 × `bytes` characters: identifiers and upload names.
std::string random_hex(std::size_t bytes);

} // namespace cang
