// The tar format (POSIX.1-2001 pax over ustar; reads GNU long names too): headers as bytes and bytes as entries.
// Pure; the streams are in tar_reader.hpp and tar_writer.hpp.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <expected>
#include <map>
#include <optional>
#include <string>

namespace cang::io {

inline constexpr std::size_t kTarBlock = 512;

// Bytes from the end of an entry's data to the next header.
inline constexpr std::uint64_t tar_padding(std::uint64_t size) { return (kTarBlock - size % kTarBlock) % kTarBlock; }

enum class TarType { file, directory, symlink, hardlink, other };

struct TarEntry {
    std::string name; // as written, "./" and trailing "/" included; see safe_entry_name()
    TarType type = TarType::file;
    std::uint64_t size = 0;  // of the data that follows
    std::string link_target; // of a symlink or hardlink
    unsigned mode = 0644;
    std::uint64_t data_offset = 0; // in the archive
};

// The header blocks of an entry: ustar, preceded by a pax header where the name, the link target or the size needs
// one. Deterministic: time 0, owner 0. The length depends on name, link target and on whether the size is below 8 GiB,
// so that the header of a smaller file can be patched in place afterwards.
std::string tar_header(const TarEntry& entry);
// Two zero blocks.
std::string tar_end();

// "./a//b/" -> "a/b"; nullopt for an absolute name, a "..", control characters, or a name
// of nothing ("./").
std::optional<std::string> safe_entry_name(std::string_view name);

struct TarLimits {
    std::size_t max_entries = 100'000;    // a docker save of 128 layers has under 1,000
    std::size_t max_name = 4096;          // PATH_MAX
    std::size_t max_names = 32 * MiB;     // of all names and link targets together
    std::size_t max_extension = 1 * MiB;  // one pax header or GNU long name
    std::uint64_t max_total = UINT64_MAX; // archive bytes
};

// Takes header blocks in order; whoever owns the stream skips the data. One parser, one archive.
class TarParser {
public:
    explicit TarParser(TarLimits limits = {}) : limits_(limits) {}

    enum class Next {
        entry,     // entry() is complete; its data and padding follow
        extension, // give extension_size() bytes to take_extension(), then skip the padding
        end,
    };
    // `block` is kTarBlock long; `offset` is its place in the archive.
    std::expected<Next, ParseError> take_header(ByteView block, std::uint64_t offset);
    std::size_t extension_size() const noexcept { return extension_size_; }
    std::expected<void, ParseError> take_extension(ByteView bytes);
    const TarEntry& entry() const noexcept { return entry_; }

private:
    std::expected<Next, ParseError> begin_extension(char type, std::uint64_t size);
    std::expected<Next, ParseError> finish_entry(ByteView block, char type, std::uint64_t size);
    std::expected<void, ParseError> take_pax(std::string_view records);
    std::unexpected<ParseError> damaged(std::string reason) const;

    TarLimits limits_;
    TarEntry entry_;
    std::map<std::string, std::string> overrides_; // pax keywords for the next entry
    std::size_t extension_size_ = 0;
    char extension_type_ = 0;
    std::size_t entries_ = 0;
    std::size_t names_ = 0; // bytes
    std::uint64_t offset_ = 0;
};

} // namespace cang::io
