// The settings themselves.
#include "http/address_ranges.hpp"
#include "settings/listen_address.hpp"
#include "settings/setting.hpp"

#include <array>

namespace cang::settings {

namespace {

constexpr bool kReloadable = true;
constexpr std::uint64_t kKiB = 1024;

std::optional<std::string> check_listen(std::string_view text) {
    auto address = parse_listen(text);
    return address ? std::nullopt : std::optional(address.error().to_string());
}

std::optional<std::string> check_url(std::string_view text) {
    if (!text.starts_with("https://") && !text.starts_with("http://"))
        return "must start with https:// or http://";
    if (text.find_first_of("\"\\ \t@?#") != std::string_view::npos)
        return "must be only scheme, host, port and path";
    return std::nullopt;
}

std::optional<std::string> check_ranges(std::string_view text) {
    auto ranges = http::AddressRanges::parse(text);
    return ranges ? std::nullopt : std::optional(ranges.error().reason);
}

constexpr std::array kSections{Section{"server", "Server"}, Section{"access", "Access"}, Section{"storage", "Storage"},
                               Section{"limits", "Limits"}, Section{"log", "Log"}};

const std::array kTable{
    Setting{.section = "server",
            .name = "listen",
            .kind = Kind::text,
            .value_name = "HOST:PORT",
            .default_text = "127.0.0.1:5000",
            .help = "Address to listen on; port 0 takes a free one.",
            .check = check_listen},
    Setting{.section = "server",
            .name = "external-url",
            .kind = Kind::text,
            .value_name = "URL",
            .help = "URL that clients reach the server under, when a proxy hides it; else it is what the request says.",
            .check = check_url},
    Setting{.section = "server",
            .name = "tls-cert",
            .kind = Kind::text,
            .value_name = "FILE",
            .reloadable = kReloadable,
            .help = "Certificate chain (PEM); turns TLS on. Read again by itself when it changes."},
    Setting{.section = "server",
            .name = "tls-key",
            .kind = Kind::text,
            .value_name = "FILE",
            .reloadable = kReloadable,
            .help = "Private key of the certificate (PEM)."},
    Setting{.section = "server",
            .name = "hsts",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "365d",
            .help =
                "With TLS, browsers use nothing but TLS for this long (Strict-Transport-Security); 0 to not say so."},
    Setting{.section = "server",
            .name = "trusted-proxies",
            .kind = Kind::list,
            .value_name = "RANGES",
            .help = "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses, ranges such as "
                    "10.0.0.0/8, and the words loopback and private.",
            .check = check_ranges},
    Setting{.section = "server",
            .name = "trust-proxy",
            .kind = Kind::boolean,
            .default_text = "false",
            .help = "Short for --trusted-proxies loopback,private."},
    Setting{.section = "server",
            .name = "threads",
            .kind = Kind::number,
            .value_name = "N",
            .default_text = "0",
            .help = "Event loops; 0 for one a core.",
            .highest = 256},
    Setting{.section = "server",
            .name = "shutdown-grace",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "10s",
            .reloadable = kReloadable,
            .help = "Time that running requests get to end."},
    Setting{.section = "access",
            .name = "auth",
            .kind = Kind::choice,
            .value_name = "MODE",
            .default_text = "token",
            .help = "token: Bearer tokens and Basic; basic; none: no sign-in at all.",
            .choices = "token|basic|none"},
    Setting{.section = "access",
            .name = "anonymous",
            .kind = Kind::choice,
            .value_name = "WHAT",
            .default_text = "none",
            .help = "What needs no sign-in: none, pull, or push.",
            .choices = "none|pull|push"},
    Setting{.section = "access",
            .name = "admin-password-file",
            .kind = Kind::text,
            .value_name = "FILE",
            .help = "File with the administrator's password."},
    Setting{.section = "storage",
            .name = "data",
            .kind = Kind::text,
            .value_name = "DIR",
            .help = "Directory that keeps everything; made when missing. Required."},
    Setting{.section = "storage",
            .name = "gc-interval",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "1h",
            .reloadable = kReloadable,
            .help = "Time between garbage collections; 0 for none."},
    Setting{.section = "storage",
            .name = "gc-grace",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "1h",
            .reloadable = kReloadable,
            .help = "What was pushed within this time is never collected."},
    Setting{.section = "storage",
            .name = "gc-untagged",
            .kind = Kind::boolean,
            .default_text = "false",
            .reloadable = kReloadable,
            .help = "Collect manifests that no tag, index or subject reaches too."},
    Setting{.section = "storage",
            .name = "upload-expiry",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "24h",
            .reloadable = kReloadable,
            .help = "Unfinished uploads are kept this long."},
    Setting{.section = "limits",
            .name = "max-connections",
            .kind = Kind::number,
            .value_name = "N",
            .default_text = "20000",
            .help = "Open connections; more wait until others end.",
            .lowest = 1,
            .highest = 1'000'000},
    Setting{.section = "limits",
            .name = "max-connections-per-address",
            .kind = Kind::number,
            .value_name = "N",
            .default_text = "10000",
            .help = "Open connections of one address, or of one /64 network of IPv6; more are closed at once. Trusted "
                    "proxies have no such limit; 0 for none.",
            .highest = 1'000'000},
    Setting{.section = "limits",
            .name = "max-header-size",
            .kind = Kind::size,
            .value_name = "SIZE",
            .default_text = "32KiB",
            .help = "Size of a request's line and header fields.",
            .lowest = 4 * kKiB,
            .highest = 1024 * kKiB},
    Setting{.section = "limits",
            .name = "max-body-size",
            .kind = Kind::size,
            .value_name = "SIZE",
            .default_text = "0",
            .help = "Size of any request's body, blobs too; 0 for no other limits than those of each route."},
    Setting{.section = "limits",
            .name = "header-timeout",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "15s",
            .help = "Time from the first byte of a request to the end of its header fields.",
            .lowest = 100},
    Setting{.section = "limits",
            .name = "idle-timeout",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "75s",
            .help = "Time that a connection may wait for its next request.",
            .lowest = 100},
    Setting{.section = "limits",
            .name = "stall-timeout",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "60s",
            .help = "Time that a body, sent or received, may stand still.",
            .lowest = 100},
    Setting{.section = "limits",
            .name = "body-timeout",
            .kind = Kind::duration,
            .value_name = "TIME",
            .default_text = "5m",
            .help = "Time for the whole body of a request; blobs and archives may take longer while they move.",
            .lowest = 100},
    Setting{.section = "log",
            .name = "log-level",
            .kind = Kind::choice,
            .value_name = "LEVEL",
            .default_text = "info",
            .reloadable = kReloadable,
            .help = "How much is told on standard error: debug, info, warn, error or off.",
            .choices = "debug|info|warn|error|off"},
    Setting{
        .section = "log",
        .name = "access-log",
        .kind = Kind::boolean,
        .default_text = "true",
        .reloadable = kReloadable,
        .help =
            "Print a line per request on standard output, which is the default, unless --log-level is warn or above."},
};

} // namespace

std::span<const Setting> table() { return kTable; }

std::span<const Section> sections() { return kSections; }

} // namespace cang::settings
