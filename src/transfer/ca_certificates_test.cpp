#include "transfer/ca_certificates.hpp"

#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

const std::string kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUYlOpJ3pYFwAAJ9n+T1QFaUpXOSowCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MjMwNDAzWhgPMjEy
NjExMDEyMzA0MDNaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEYoG37b7oaxBnGMfNxvRj7q9X8FVqj/aEmJnG9Fgy
oJR3GMz3+xHGIOZN7jnRwhk8aGHC7JC3RIKpGF85iAyiXqNTMFEwHQYDVR0OBBYE
FKNGO/vYGoYsegC+jRTuEMeDIQHjMB8GA1UdIwQYMBaAFKNGO/vYGoYsegC+jRTu
EMeDIQHjMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAL7voN6C
hdxnfpujfBHg26UL87tPfMEZqhOy9hDn+unCAiBksK2zelIzdvl+PSbb/I9V9TEq
cVp/rKb+uxmDQM9R+w==
-----END CERTIFICATE-----)";

TEST(CaCertificates, KeepTheCertificatesOnly) {
    auto parsed = parse_ca_certificates("subject=CN = test\n" + kCertificate + "\r\nbetween\n" + kCertificate);
    ASSERT_TRUE(parsed) << parsed.error().reason;
    EXPECT_EQ(*parsed, kCertificate + "\n" + kCertificate + "\n");
}

TEST(CaCertificates, SayWhatIsWrong) {
    auto refusal = [](const std::string& text) {
        auto parsed = parse_ca_certificates(text);
        return parsed ? std::string() : parsed.error().reason;
    };
    EXPECT_EQ(refusal("hello"),
              "there is no certificate in it; give PEM text, -----BEGIN CERTIFICATE----- and what follows");
    EXPECT_EQ(refusal(kCertificate.substr(0, 60)), "a certificate has no end");
    auto damaged = kCertificate;
    damaged[100] = damaged[100] == 'A' ? 'B' : 'A';
    damaged.erase(120, 8);
    EXPECT_EQ(refusal(damaged), "a certificate is damaged");
    EXPECT_EQ(refusal(kCertificate + "\n-----BEGIN PRIVATE KEY-----"),
              "it holds a private key; give certificates only, and replace that key");
    EXPECT_EQ(refusal(std::string(kMaxCaBytes + 1, 'x')), "it is longer than 256 KiB");
}

} // namespace
} // namespace cang::transfer
