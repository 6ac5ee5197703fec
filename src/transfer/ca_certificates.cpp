#include "transfer/ca_certificates.hpp"

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace cang::transfer {

namespace {

struct Free {
    void operator()(BIO* value) const { BIO_free(value); }
    void operator()(X509* value) const { X509_free(value); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

bool is_certificate(std::string_view pem) {
    Bio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate != nullptr;
}

std::unexpected<ParseError> fail(std::string reason, std::size_t position = 0) {
    return std::unexpected(ParseError{std::move(reason), position});
}

} // namespace

std::expected<std::string, ParseError> parse_ca_certificates(std::string_view text) {
    if (text.size() > kMaxCaBytes)
        return fail("it is longer than 256 KiB", kMaxCaBytes);
    if (auto key = text.find("PRIVATE KEY-----"); key != std::string_view::npos)
        return fail("it holds a private key; give certificates only, and replace that key", key);
    std::string found;
    for (auto begin = text.find(kBegin), end = begin; begin != std::string_view::npos; begin = text.find(kBegin, end)) {
        end = text.find(kEnd, begin);
        if (end == std::string_view::npos)
            return fail("a certificate has no end", begin);
        auto pem = text.substr(begin, end + kEnd.size() - begin);
        if (!is_certificate(pem))
            return fail("a certificate is damaged", begin);
        found.append(pem).push_back('\n');
    }
    if (found.empty())
        return fail("there is no certificate in it; give PEM text, -----BEGIN CERTIFICATE----- and what follows");
    return found;
}

} // namespace cang::transfer
