#include "transfer/diagnosis_text.hpp"

#include "base/oci/foreign_text.hpp"
#include "distribution/challenge.hpp"
#include "http/address_policy.hpp"
#include "http/client_url.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <openssl/x509_vfy.h>

namespace cang::transfer {

namespace {

std::string with_advice(const Error& error, std::string_view advice) {
    return fmt::format("{}; {}", error.message(), advice);
}

bool is_numeric(const std::string& host) {
    boost::system::error_code failure;
    boost::asio::ip::make_address(host.substr(0, host.find(':')), failure);
    return !failure || host.starts_with('[');
}

bool offers_sign_in(const http::Fields& headers) {
    for (std::string_view header : headers.get_all("WWW-Authenticate")) {
        auto challenges = distribution::parse_challenges(header);
        auto usable = [](const auto& one) { return one.scheme == "basic" || one.scheme == "bearer"; };
        if (challenges && std::ranges::any_of(*challenges, usable))
            return true;
    }
    return false;
}

// Whoever answers everything with a page of its own is no registry.
bool is_registry_page(const RegistryAnswer& answer) {
    if (answer.headers.get("Docker-Distribution-Api-Version").starts_with("registry/2"))
        return true;
    auto first = answer.body.find_first_not_of(" \t\r\n");
    return first == std::string::npos || answer.body[first] == '{';
}

std::string redirect_problem(const RegistryAnswer& answer, const RegistryAddress& address) {
    std::string target = "another address";
    try {
        auto url = http::Url::parse(address.url()).resolve(std::string(answer.headers.get("Location")));
        target = oci::show_foreign((url.is_https() ? "https://" : "http://") + url.authority());
    } catch (const Error&) {
        return fmt::format("{} redirects, but says to nowhere; check host and port", address.host);
    }
    return fmt::format("{} redirects to {}; write the address of the registry itself", address.host, target);
}

std::string retry_advice(const Error& error) {
    if (!error.retry_after())
        return "try again later";
    return fmt::format("try again in {} s", std::chrono::ceil<std::chrono::seconds>(*error.retry_after()).count());
}

} // namespace

std::string name_finding(const std::string& host, const std::string& address) {
    if (is_numeric(host))
        return "an address needs no look-up";
    return address.empty() ? "the name has an address" : "the name stands for " + address;
}

std::string name_problem(const Error& error) {
    if (error.kind() == ErrorKind::deadline_exceeded)
        return "no name server answers; check the DNS settings of this server";
    return with_advice(error, "check how the name is written, and the DNS settings of this server");
}

std::string connect_problem(const Error& error, int os_error) {
    if (error.kind() == ErrorKind::permission_denied)
        return error.message();
    if (os_error == ECONNREFUSED)
        return with_advice(error, "check the port, and that the registry runs");
    if (os_error == ENETUNREACH || os_error == EHOSTUNREACH)
        return with_advice(error, "check the address, and the network between this server and the registry");
    return with_advice(error, "check the address, and that no firewall is in between");
}

std::string tls_finding(bool verified) {
    return verified ? "the certificate is good" : "encrypted, but with a certificate that was not looked at";
}

std::string tls_problem(const Error& error, const std::string& host, long certificate_error) {
    if (error.kind() == ErrorKind::deadline_exceeded)
        return fmt::format("connected, but {} does not answer to TLS; check that the port is one for https", host);
    if (error.code() != "TLS_CERTIFICATE")
        return with_advice(error, "check that the port is one for https");
    switch (certificate_error) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // libcurl's own comparison of names
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return fmt::format("the certificate is for other names than {}; use a name that it has, or have it made for "
                           "this one",
                           host);
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return fmt::format("the certificate of {} has expired; renew it there, and check this server's clock", host);
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return fmt::format("the certificate of {} is not valid yet; check the clocks here and there", host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return fmt::format("the certificate of {} is signed by an authority that this server does not know; give that "
                           "authority's certificate",
                           host);
    default: return with_advice(error, "have the certificate checked there");
    }
}

std::string speaks_plain_http(const std::string& host) {
    return fmt::format("{} speaks plain HTTP, not TLS; write http://{}, or give it a certificate", host, host);
}

std::string speaks_tls(const std::string& host) {
    return fmt::format("{} speaks TLS, not plain HTTP; write https://{}", host, host);
}

std::string registry_finding(const RegistryAnswer& answer) {
    return answer.status == 200 ? "a registry, open to everybody" : "a registry that wants to know who asks";
}

std::string registry_problem(const RegistryAnswer& answer, const RegistryAddress& address) {
    const auto& host = address.host;
    int status = answer.status;
    if (status == 200 && is_registry_page(answer))
        return "";
    if (status == 200)
        return fmt::format("{} is a web server, but no registry: its /v2/ answered with {}; check host and port", host,
                           oci::show_foreign(answer.headers.get("Content-Type")));
    if (status == 401 && offers_sign_in(answer.headers))
        return "";
    if (status == 401)
        return fmt::format("{} wants a sign-in of another kind than registries do; check host and port", host);
    if (status >= 300 && status < 400)
        return redirect_problem(answer, address);
    if (status == 403)
        return fmt::format("{} refuses this server (403); check its rules of access, and proxies in between", host);
    if (status == 429)
        return fmt::format("{} has had too many requests from here (429); try again later", host);
    if (status >= 500)
        return fmt::format("{} is not well: its /v2/ answered {}; look into its log", host, status);
    return fmt::format("{} is a web server, but no registry: its /v2/ answered {}; check host and port", host, status);
}

std::string silence_problem(const Error& error) {
    if (error.kind() == ErrorKind::deadline_exceeded)
        return "connected, but /v2/ gives no answer; check the port, and that the registry is well";
    return with_advice(error, "check the port, and that the registry is well");
}

std::string sign_in_problem(const Error& error, bool anonymous) {
    switch (error.kind()) {
    case ErrorKind::unauthenticated:
        return with_advice(error, anonymous ? "give a user and a password"
                                            : "check user and password, and whether it wants an access token for one");
    case ErrorKind::permission_denied:
        if (error.code().empty() || error.code() == http::kAddressRefused)
            return error.message();
        return with_advice(error, "check what the user may do there");
    case ErrorKind::rate_limited: return with_advice(error, retry_advice(error));
    case ErrorKind::deadline_exceeded: return "the sign-in gets no answer in time; try again later";
    case ErrorKind::unavailable: return with_advice(error, "check that this server reaches it");
    default: return error.message();
    }
}

std::optional<Error> error_of(std::exception_ptr failure) {
    if (!failure)
        return std::nullopt;
    try {
        std::rethrow_exception(failure);
    } catch (...) {
        auto error = current_error();
        if (error.kind() == ErrorKind::cancelled)
            throw error;
        return error;
    }
}

} // namespace cang::transfer
