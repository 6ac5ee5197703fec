#include "base/oci/platform.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/utsname.h>

namespace cang::oci {

namespace {

struct ArchitectureName {
    std::string_view written;
    std::string_view architecture;
    std::string_view variant;
};

constexpr std::array kArchitectureNames{
    ArchitectureName{"x86_64", "amd64", ""},  ArchitectureName{"x86-64", "amd64", ""},
    ArchitectureName{"aarch64", "arm64", ""}, ArchitectureName{"arm64v8", "arm64", "v8"},
    ArchitectureName{"armhf", "arm", "v7"},   ArchitectureName{"armel", "arm", "v6"},
    ArchitectureName{"armv5", "arm", "v5"},   ArchitectureName{"armv6", "arm", "v6"},
    ArchitectureName{"armv6l", "arm", "v6"},  ArchitectureName{"armv7", "arm", "v7"},
    ArchitectureName{"armv7l", "arm", "v7"},  ArchitectureName{"i386", "386", ""},
    ArchitectureName{"i686", "386", ""},      ArchitectureName{"loongarch64", "loong64", ""},
};

constexpr std::array<std::string_view, 4> kSystems{"linux", "windows", "darwin", "freebsd"};

constexpr std::size_t kLongestPart = 32; // the longest name in use has 11 characters

bool is_part_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

void normalise(Platform& platform) {
    for (const auto& name : kArchitectureNames)
        if (platform.architecture == name.written) {
            platform.architecture = name.architecture;
            if (platform.variant.empty())
                platform.variant = name.variant;
        }
}

// The variant that an unnamed one stands for.
std::string_view effective_variant(const Platform& platform) {
    if (platform.variant.empty() && platform.architecture == "arm64")
        return "v8";
    if (platform.variant.empty() && platform.architecture == "amd64")
        return "v1";
    return platform.variant;
}

} // namespace

std::expected<Platform, ParseError> Platform::parse(std::string_view text) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c == '/')
            parts.emplace_back();
        else if (is_part_character(c))
            parts.back().push_back(c);
        else
            return std::unexpected(ParseError{"a platform has only letters, digits, '_', '-', '.' and '/'", i});
        if (parts.size() > 3 || parts.back().size() > kLongestPart)
            return std::unexpected(ParseError{"a platform is written os/architecture[/variant]", i});
    }
    bool only_system = parts.size() == 1 && std::ranges::find(kSystems, parts[0]) != kSystems.end();
    if (only_system || std::ranges::any_of(parts, &std::string::empty))
        return std::unexpected(ParseError{"a platform is written os/architecture[/variant]", text.size()});
    if (parts.size() == 1)
        parts.insert(parts.begin(), "linux");
    Platform platform;
    platform.os = parts[0] == "macos" ? "darwin" : parts[0];
    platform.architecture = parts[1];
    platform.variant = parts.size() == 3 ? parts[2] : "";
    normalise(platform);
    return platform;
}

Platform Platform::host() {
    utsname machine{};
    ::uname(&machine);
    Platform platform;
    platform.os = "linux";
    platform.architecture = machine.machine;
    normalise(platform);
    return platform;
}

std::string Platform::to_string() const {
    return variant.empty() ? fmt::format("{}/{}", os, architecture)
                           : fmt::format("{}/{}/{}", os, architecture, variant);
}

bool Platform::satisfies(const Platform& wanted) const {
    if (os != wanted.os || architecture != wanted.architecture)
        return false;
    if (!wanted.os_version.empty() && os_version != wanted.os_version)
        return false;
    return wanted.variant.empty() || effective_variant(*this) == effective_variant(wanted);
}

} // namespace cang::oci
