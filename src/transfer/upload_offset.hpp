// The Upload-Offset header of the upload protocol: how many bytes of the archive are there. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cang::transfer {

// Digits only, up to 2^53 - 1; nullopt for anything else.
std::optional<std::uint64_t> parse_upload_offset(std::string_view header);

} // namespace cang::transfer
