#include "http/tls.hpp"

#include "base/error.hpp"
#include "http/server_under_test.hpp"
#include "testing/temp_dir.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace cang::http {
namespace {

using namespace std::chrono_literals;

std::string pem_text(const std::function<void(BIO*)>& write) {
    BIO* memory = BIO_new(BIO_s_mem());
    write(memory);
    char* text = nullptr;
    auto size = BIO_get_mem_data(memory, &text);
    std::string result(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return result;
}

// A self-signed certificate and its key.
void write_pair(const std::filesystem::path& cert_file, const std::filesystem::path& key_file, const char* name) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    std::ofstream(key_file) << pem_text(
        [&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
    std::ofstream(cert_file) << pem_text([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
    X509_free(certificate);
    EVP_PKEY_free(key);
}

// A blocking TLS client that trusts everybody.
class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, int max_version = TLS1_3_VERSION)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_max_proto_version(context_, max_version);
        SSL_CTX_set_security_level(context_, 0);
        ssl_ = SSL_new(context_);
        SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
        SSL_set_fd(ssl_, raw_.descriptor());
        connected_ = SSL_connect(ssl_) == 1;
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    bool connected() const { return connected_; }
    std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned int size = 0;
        SSL_get0_alpn_selected(ssl_, &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    std::string peer() const {
        char name[64] = "";
        X509* certificate = SSL_get1_peer_certificate(ssl_);
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
        X509_free(certificate);
        return name;
    }
    // Everything until the server closes.
    std::string exchange(std::string_view request) {
        while (!request.empty()) {
            int count = SSL_write(ssl_, request.data(), static_cast<int>(request.size()));
            if (count <= 0)
                return "";
            request.remove_prefix(static_cast<std::size_t>(count));
        }
        std::string answer;
        char piece[16384];
        for (int count = 0; (count = SSL_read(ssl_, piece, sizeof piece)) > 0;)
            answer.append(piece, static_cast<std::size_t>(count));
        clean_end_ = SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN;
        return answer;
    }
    bool clean_end() const { return clean_end_; }

private:
    testing::RawHttp raw_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
    bool connected_ = false;
    bool clean_end_ = false;
};

struct TlsRoom {
    TlsRoom() { write_pair(directory / "cert.pem", directory / "key.pem", "first"); }
    ServerOptions options() const {
        ServerOptions result;
        result.tls_cert_file = directory / "cert.pem";
        result.tls_key_file = directory / "key.pem";
        return result;
    }
    testing::TempDir directory;
};

constexpr std::string_view kClose = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST(Tls, AnswersOverTls13AndTls12) {
    TlsRoom tls;
    ServerUnderTest room(tls.options());
    for (int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        TlsClient client(room.server.port(), version);
        ASSERT_TRUE(client.connected());
        EXPECT_EQ(client.protocol(), "http/1.1");
        auto answer = client.exchange("GET /text" + std::string(kClose));
        EXPECT_TRUE(answer.ends_with("\r\n\r\nshared text")) << answer;
        EXPECT_TRUE(client.clean_end());
    }
}

TEST(Tls, RefusesOlderVersions) {
    TlsRoom tls;
    ServerUnderTest room(tls.options());
    TlsClient client(room.server.port(), TLS1_1_VERSION);
    EXPECT_FALSE(client.connected());
}

TEST(Tls, MovesLargeBodiesBothWays) {
    TlsRoom tls;
    ServerUnderTest room(tls.options());
    TlsClient sender(room.server.port());
    auto answer =
        sender.exchange("POST /count HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" +
                        std::string(3'000'000, 'x'));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n3000000")) << answer.substr(0, 500);
    TlsClient file(room.server.port());
    auto content = file.exchange("GET /file?size=5000000" + std::string(kClose));
    EXPECT_EQ(content.size() - content.find("\r\n\r\n") - 4, 5'000'000U);
    TlsClient stream(room.server.port());
    EXPECT_GT(stream.exchange("GET /stream?bytes=900000" + std::string(kClose)).size(), 900'000U);
}

TEST(Tls, EndsAClientThatSpeaksNoTls) {
    TlsRoom tls;
    ServerUnderTest room(tls.options());
    auto plain = room.connect();
    plain.send("GET /text HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(plain.closed_within(5s));
}

TEST(Tls, TakesUpAReplacedCertificate) {
    TlsRoom tls;
    ServerUnderTest room(tls.options());
    EXPECT_EQ(TlsClient(room.server.port()).peer(), "first");
    write_pair(tls.directory / "cert.pem", tls.directory / "key.pem", "second");
    EXPECT_TRUE(eventually([&] { return TlsClient(room.server.port()).peer() == "second"; }));
}

TEST(Tls, SaysWhatIsWrongWithTheFiles) {
    TlsRoom tls;
    auto failure = [&](const std::string& cert, const std::string& key) {
        try {
            TlsCertificate certificate(tls.directory / cert, tls.directory / key);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string("accepted");
    };
    write_pair(tls.directory / "other.pem", tls.directory / "other.key", "other");
    EXPECT_EQ(failure("absent.pem", "key.pem"), "the TLS certificate file cannot be used");
    EXPECT_EQ(failure("cert.pem", "other.key"), "the TLS key file cannot be used with the certificate");
    EXPECT_EQ(failure("cert.pem", "key.pem"), "accepted");
}

} // namespace
} // namespace cang::http
