#include "io/tar.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::io {

namespace {

constexpr std::uint64_t kLargestSize = std::uint64_t{1} << 62; // beyond any disk; keeps sums from overflowing

std::string_view field(ByteView block, std::size_t offset, std::size_t length) {
    auto text = as_text(block.subspan(offset, length));
    return text.substr(0, std::min(text.find('\0'), length));
}

// Octal with leading blanks and trailing blank or NUL, or GNU's big-endian base 256 with the top bit set.
std::optional<std::uint64_t> parse_number(ByteView bytes) {
    std::uint64_t value = 0;
    auto first = std::to_integer<unsigned>(bytes[0]);
    if ((first & 0x80) != 0) {
        value = first & 0x7f;
        for (auto byte : bytes.subspan(1)) {
            if (value >> 55 != 0)
                return std::nullopt;
            value = value << 8 | std::to_integer<unsigned>(byte);
        }
        return value;
    }
    auto text = as_text(bytes);
    text = text.substr(0, std::min(text.find('\0'), text.size()));
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    for (char digit : text) {
        if (digit < '0' || digit > '7')
            return std::nullopt;
        value = value << 3 | static_cast<unsigned>(digit - '0');
    }
    return value;
}

// The sum of all bytes with the checksum field as blanks; old writers summed signed bytes.
bool checksum_matches(ByteView block, std::uint64_t expected) {
    std::int64_t unsigned_sum = 0;
    std::int64_t signed_sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        auto byte = i >= 148 && i < 156 ? std::byte{' '} : block[i];
        unsigned_sum += std::to_integer<unsigned char>(byte);
        signed_sum += std::to_integer<signed char>(byte);
    }
    auto sum = static_cast<std::int64_t>(expected);
    return sum == unsigned_sum || sum == signed_sum;
}

TarType type_of(char flag, std::string_view name) {
    switch (flag) {
    case '0':
    case '7': return TarType::file;
    case '\0': return name.ends_with('/') ? TarType::directory : TarType::file;
    case '1': return TarType::hardlink;
    case '2': return TarType::symlink;
    case '5': return TarType::directory;
    default: return TarType::other;
    }
}

// Links, devices and directories have no data, whatever their size field says (as Go's reader and Docker see it).
bool has_data(char flag) { return flag < '1' || flag > '6'; }

} // namespace

std::unexpected<ParseError> TarParser::damaged(std::string reason) const {
    return std::unexpected(ParseError{std::move(reason), static_cast<std::size_t>(offset_)});
}

std::expected<TarParser::Next, ParseError> TarParser::take_header(ByteView block, std::uint64_t offset) {
    offset_ = offset;
    if (std::ranges::all_of(block, [](std::byte byte) { return byte == std::byte{0}; }))
        return Next::end;
    auto checksum = parse_number(block.subspan(148, 8));
    if (!checksum || !checksum_matches(block, *checksum))
        return damaged("a header with a wrong checksum");
    auto size = parse_number(block.subspan(124, 12));
    if (!size)
        return damaged("a size that is not a number");
    char flag = static_cast<char>(block[156]);
    if (flag == 'x' || flag == 'g' || flag == 'L' || flag == 'K')
        return begin_extension(flag, *size);
    if (flag == 'S')
        return damaged("a sparse file in GNU's old format, which is not supported");
    return finish_entry(block, flag, *size);
}

std::expected<TarParser::Next, ParseError> TarParser::begin_extension(char type, std::uint64_t size) {
    if (size > limits_.max_extension)
        return damaged(fmt::format("an extended header of more than {} bytes", limits_.max_extension));
    // Extended headers cost work too: they count like entries.
    if (++entries_ > limits_.max_entries)
        return damaged(fmt::format("more than {} entries", limits_.max_entries));
    extension_type_ = type;
    extension_size_ = static_cast<std::size_t>(size);
    return Next::extension;
}

std::expected<void, ParseError> TarParser::take_extension(ByteView bytes) {
    auto text = as_text(bytes);
    if (extension_type_ == 'x')
        return take_pax(text);
    if (extension_type_ != 'g') // what a global header may say is of no interest here
        overrides_[extension_type_ == 'L' ? "path" : "linkpath"] =
            text.substr(0, std::min(text.find('\0'), text.size()));
    return {};
}

std::expected<void, ParseError> TarParser::take_pax(std::string_view records) {
    while (!records.empty()) {
        std::size_t length = 0;
        auto [digits_end, failure] = std::from_chars(records.data(), records.data() + records.size(), length);
        auto digits = static_cast<std::size_t>(digits_end - records.data());
        if (failure != std::errc() || length < digits + 3 || length > records.size() || records[digits] != ' ' ||
            records[length - 1] != '\n')
            return damaged("a pax record of a wrong length");
        auto record = records.substr(digits + 1, length - digits - 2);
        auto equals = record.find('=');
        if (equals == std::string_view::npos)
            return damaged("a pax record without '='");
        auto key = record.substr(0, equals);
        if (key == "path" || key == "linkpath" || key == "size")
            overrides_[std::string(key)] = record.substr(equals + 1);
        records.remove_prefix(length);
    }
    return {};
}

std::expected<TarParser::Next, ParseError> TarParser::finish_entry(ByteView block, char type, std::uint64_t size) {
    entry_ = TarEntry{};
    entry_.name = field(block, 0, 100);
    auto prefix = field(block, 345, 155);
    if (as_text(block.subspan(257, 6)) == std::string_view("ustar\0", 6) && !prefix.empty())
        entry_.name = std::string(prefix) + "/" + entry_.name;
    entry_.link_target = field(block, 157, 100);
    entry_.mode = static_cast<unsigned>(parse_number(block.subspan(100, 8)).value_or(0)) & 07777;
    if (auto path = overrides_.find("path"); path != overrides_.end())
        entry_.name = path->second;
    if (auto link = overrides_.find("linkpath"); link != overrides_.end())
        entry_.link_target = link->second;
    if (auto text = overrides_.find("size"); text != overrides_.end()) {
        const auto& digits = text->second;
        auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
        if (failure != std::errc() || end != digits.data() + digits.size())
            return damaged("a size that is not a number");
    }
    overrides_.clear();
    entry_.type = type_of(type, entry_.name);
    entry_.size = has_data(type) && entry_.type != TarType::directory ? size : 0;
    entry_.data_offset = offset_ + kTarBlock;
    if (++entries_ > limits_.max_entries)
        return damaged(fmt::format("more than {} entries", limits_.max_entries));
    if (entry_.name.size() > limits_.max_name || entry_.link_target.size() > limits_.max_name)
        return damaged(fmt::format("a name of more than {} bytes", limits_.max_name));
    if (entry_.name.find('\0') != std::string::npos || entry_.link_target.find('\0') != std::string::npos)
        return damaged("a name with a zero byte");
    names_ += entry_.name.size() + entry_.link_target.size();
    if (names_ > limits_.max_names)
        return damaged(fmt::format("more than {} bytes of names", limits_.max_names));
    if (entry_.size > kLargestSize || offset_ > kLargestSize || entry_.data_offset + entry_.size > limits_.max_total)
        return damaged("an entry that is larger than the archive may be");
    return Next::entry;
}

} // namespace cang::io
