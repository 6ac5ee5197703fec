// Server-side TLS: the certificate, reloaded when its files change, and the transport over it. Uses OpenSSL on the
// socket itself, not through memory buffers: an idle connection keeps no record buffers, and the kernel can encrypt
// (kTLS) where it is able to.
#pragma once

#include "http/transport.hpp"

#include <chrono>
#include <filesystem>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace cang::http {

// Used by the accepting thread only.
class TlsCertificate {
public:
    // Throws Error{invalid_argument} when the files are unreadable, malformed or don't belong together.
    TlsCertificate(std::string cert_file, std::string key_file);
    // A transport whose handshake happens with the first reads and writes.
    std::unique_ptr<Transport> wrap(Socket socket);

private:
    void reload_when_changed();

    std::string cert_file_;
    std::string key_file_;
    std::shared_ptr<SSL_CTX> context_;
    std::filesystem::file_time_type cert_time_{};
    std::filesystem::file_time_type key_time_{};
    std::chrono::steady_clock::time_point next_look_{};
};

} // namespace cang::http
