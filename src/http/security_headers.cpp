#include "http/security_headers.hpp"

#include <fmt/format.h>

namespace cang::http {

std::string security_headers(std::chrono::seconds hsts) {
    std::string lines = "X-Content-Type-Options: nosniff\r\n"
                        "X-Frame-Options: DENY\r\n"
                        "Referrer-Policy: same-origin\r\n"
                        "Cross-Origin-Opener-Policy: same-origin\r\n"
                        "Cross-Origin-Resource-Policy: same-origin\r\n"
                        "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";
    if (hsts.count() > 0)
        lines += fmt::format("Strict-Transport-Security: max-age={}\r\n", hsts.count());
    return lines;
}

} // namespace cang::http
