#include "http/tls.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <array>
#include <cstring>
#include <expected>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

namespace cang::http {

namespace {

// One TLS record: small pieces are joined up to this size.
constexpr std::size_t kRecordBytes = 16 * 1024;
constexpr std::size_t kFilePieceBytes = 64 * 1024;
constexpr std::chrono::seconds kReloadInterval{1};

class TlsTransport final : public Transport {
public:
    TlsTransport(Socket socket, SSL_CTX* context) : Transport(std::move(socket)), ssl_(SSL_new(context)) {
        if (!ssl_ || SSL_set_fd(ssl_.get(), this->socket().native_handle()) != 1)
            throw Error(ErrorKind::internal, "cannot begin a TLS session");
        SSL_set_accept_state(ssl_.get());
    }

    Progress read(MutableBytes first, MutableBytes) override {
        std::size_t count = 0;
        ERR_clear_error();
        int result = SSL_read_ex(ssl_.get(), first.data(), first.size(), &count);
        return outcome(result, count);
    }

    Progress write(std::span<const ByteView> pieces, bool) override {
        thread_local std::array<std::byte, kRecordBytes> joined;
        std::size_t size = 0;
        ByteView only;
        for (const auto& piece : pieces) {
            if (size == 0 && piece.size() >= kRecordBytes) {
                only = piece;
                break;
            }
            auto taken = std::min(piece.size(), kRecordBytes - size);
            if (taken > 0)
                std::memcpy(joined.data() + size, piece.data(), taken);
            size += taken;
        }
        return write_bytes(only.empty() ? ByteView(joined.data(), size) : only);
    }

    Progress send_file(int file, std::uint64_t offset, std::size_t length) override {
        if (BIO_get_ktls_send(SSL_get_wbio(ssl_.get()))) {
            ERR_clear_error();
            auto sent = SSL_sendfile(ssl_.get(), file, static_cast<off_t>(offset), length, 0);
            if (sent == 0)
                throw Error(ErrorKind::corrupt, "the file ended before its length");
            return outcome(sent > 0 ? 1 : static_cast<int>(sent), sent > 0 ? static_cast<std::size_t>(sent) : 0);
        }
        thread_local std::array<std::byte, kFilePieceBytes> piece;
        auto count = ::pread(file, piece.data(), std::min(length, piece.size()), static_cast<off_t>(offset));
        if (count < 0)
            throw system_error(errno, "reading the file");
        if (count == 0)
            throw Error(ErrorKind::corrupt, "the file ended before its length");
        return write_bytes({piece.data(), static_cast<std::size_t>(count)});
    }

    bool has_pending() const noexcept override { return SSL_has_pending(ssl_.get()) == 1; }

    void finish() noexcept override {
        if (!broken_ && SSL_is_init_finished(ssl_.get())) {
            ERR_clear_error();
            SSL_shutdown(ssl_.get());
        }
        ::shutdown(socket().native_handle(), SHUT_WR);
    }

    bool secure() const noexcept override { return true; }

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    Progress write_bytes(ByteView bytes) {
        std::size_t count = 0;
        ERR_clear_error();
        int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
        return outcome(result, count);
    }

    Progress outcome(int result, std::size_t count) {
        if (result > 0)
            return {.bytes = count};
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return {.wait = Readiness::readable};
        case SSL_ERROR_WANT_WRITE: return {.wait = Readiness::writable};
        case SSL_ERROR_ZERO_RETURN: return {.closed = true};
        default: broken_ = true; return {.closed = true};
        }
    }

    std::unique_ptr<SSL, Free> ssl_;
    bool broken_ = false; // SSL_shutdown must not be called after a fatal error
};

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    static constexpr unsigned char kHttp11[] = "\x08http/1.1";
    unsigned char* match = nullptr;
    if (SSL_select_next_proto(&match, chosen_size, kHttp11, sizeof(kHttp11) - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

std::expected<std::shared_ptr<SSL_CTX>, std::string_view> load_context(const std::string& cert_file,
                                                                       const std::string& key_file) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context)
        return std::unexpected("TLS cannot be set up");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_ENABLE_KTLS |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1)
        return std::unexpected("the TLS certificate file cannot be used");
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1)
        return std::unexpected("the TLS key file cannot be used with the certificate");
    return context;
}

} // namespace

TlsCertificate::TlsCertificate(std::string cert_file, std::string key_file)
    : cert_file_(std::move(cert_file)), key_file_(std::move(key_file)) {
    auto context = load_context(cert_file_, key_file_);
    if (!context)
        throw Error(ErrorKind::invalid_argument, std::string(context.error()));
    context_ = std::move(*context);
    std::error_code ignored;
    cert_time_ = std::filesystem::last_write_time(cert_file_, ignored);
    key_time_ = std::filesystem::last_write_time(key_file_, ignored);
}

std::unique_ptr<Transport> TlsCertificate::wrap(Socket socket) {
    reload_when_changed();
    return std::make_unique<TlsTransport>(std::move(socket), context_.get());
}

void TlsCertificate::reload_when_changed() {
    auto now = std::chrono::steady_clock::now();
    if (now < next_look_)
        return;
    next_look_ = now + kReloadInterval;
    std::error_code missing;
    auto cert_time = std::filesystem::last_write_time(cert_file_, missing);
    auto key_time = std::filesystem::last_write_time(key_file_, missing);
    if (missing || (cert_time == cert_time_ && key_time == key_time_))
        return;
    auto context = load_context(cert_file_, key_file_);
    if (!context) {
        // Certificate and key are replaced one after the other: keep the old pair and look again.
        log::warn("http.tls_not_reloaded", {{"reason", std::string(context.error())}});
        return;
    }
    context_ = std::move(*context);
    cert_time_ = cert_time;
    key_time_ = key_time;
    log::info("http.tls_reloaded");
}

} // namespace cang::http
