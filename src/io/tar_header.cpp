#include "io/tar.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::io {

namespace {

constexpr std::size_t kNameField = 100;
constexpr std::size_t kPrefixField = 155;
constexpr std::size_t kPrefixOffset = 345;
constexpr std::uint64_t kLargestOctalSize = 077777777777; // eleven octal digits: 8 GiB - 1

void put(std::string& block, std::size_t offset, std::string_view text) { block.replace(offset, text.size(), text); }

char type_flag(TarType type) {
    switch (type) {
    case TarType::directory: return '5';
    case TarType::symlink: return '2';
    case TarType::hardlink: return '1';
    default: return '0';
    }
}

// Where to cut a name that does not fit the name field, so that its front fits the prefix field.
std::optional<std::size_t> find_split(std::string_view name) {
    auto first = name.size() > kNameField + 1 ? name.size() - kNameField - 1 : 0;
    auto slash = name.find('/', first);
    if (slash == 0 || slash == std::string_view::npos || slash > kPrefixField || slash + 1 == name.size())
        return std::nullopt;
    return slash;
}

std::string ustar_block(std::string_view prefix, std::string_view name, char type, unsigned mode, std::uint64_t size,
                        std::string_view link_target) {
    std::string block(kTarBlock, '\0');
    put(block, 0, name.substr(0, kNameField));
    put(block, 100, fmt::format("{:07o}", mode & 07777));
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, fmt::format("{:011o}", std::min(size, kLargestOctalSize)));
    put(block, 136, "00000000000");
    put(block, 148, "        ");
    block[156] = type;
    put(block, 157, link_target.substr(0, kNameField));
    put(block, 257, std::string_view("ustar\00000", 8));
    put(block, kPrefixOffset, prefix);
    unsigned checksum = 0;
    for (char c : block)
        checksum += static_cast<unsigned char>(c);
    put(block, 148, fmt::format("{:06o}", checksum));
    block[154] = '\0';
    return block;
}

// "27 path=…\n": the number counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
    auto rest = key.size() + value.size() + 3;
    auto length = rest + std::to_string(rest).size();
    length = rest + std::to_string(length).size();
    return fmt::format("{} {}={}\n", length, key, value);
}

void append_padded(std::string& bytes, std::string_view data) {
    bytes += data;
    bytes.append(static_cast<std::size_t>(tar_padding(data.size())), '\0');
}

} // namespace

std::string tar_header(const TarEntry& entry) {
    std::string name = entry.name;
    if (entry.type == TarType::directory && !name.ends_with('/'))
        name += '/';
    std::string records;
    std::string_view prefix;
    std::string_view short_name = name;
    if (name.size() > kNameField) {
        if (auto split = find_split(name)) {
            prefix = std::string_view(name).substr(0, *split);
            short_name = std::string_view(name).substr(*split + 1);
        } else {
            records += pax_record("path", name);
        }
    }
    if (entry.link_target.size() > kNameField)
        records += pax_record("linkpath", entry.link_target);
    if (entry.size > kLargestOctalSize)
        records += pax_record("size", std::to_string(entry.size));
    std::string bytes;
    if (!records.empty()) {
        bytes += ustar_block("", "PaxHeaders.0/entry", 'x', 0644, records.size(), "");
        append_padded(bytes, records);
    }
    bytes += ustar_block(prefix, short_name, type_flag(entry.type), entry.mode, entry.size, entry.link_target);
    return bytes;
}

std::string tar_end() { return std::string(2 * kTarBlock, '\0'); }

std::optional<std::string> safe_entry_name(std::string_view name) {
    if (name.starts_with('/'))
        return std::nullopt;
    for (char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return std::nullopt;
    std::string safe;
    while (!name.empty()) {
        auto slash = name.find('/');
        auto part = name.substr(0, slash);
        name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
        if (part == "..")
            return std::nullopt;
        if (part.empty() || part == ".")
            continue;
        if (!safe.empty())
            safe += '/';
        safe += part;
    }
    if (safe.empty())
        return std::nullopt;
    return safe;
}

} // namespace cang::io
