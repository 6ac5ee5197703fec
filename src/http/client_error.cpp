#include "http/client_error.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace cang::http {

namespace {

std::string os_reason(long os_error, std::string_view otherwise) {
    if (os_error == 0)
        return std::string(otherwise);
    return boost::system::system_category().message(static_cast<int>(os_error));
}

Error timeout_error(const TransferFailure& failure) {
    if (!failure.connected)
        return Error(ErrorKind::deadline_exceeded,
                     fmt::format("connecting to {} took longer than {} s", failure.authority,
                                 failure.options->connect_timeout.count() / 1000));
    return Error(ErrorKind::deadline_exceeded, fmt::format("the transfer with {} stood still for {} s",
                                                           failure.authority, failure.options->stall_timeout.count()));
}

Error connect_error(const TransferFailure& failure) {
    if (!failure.refusal.empty()) {
        Error error = refused_error(failure.refusal);
        error.during("connecting to " + failure.authority);
        return error;
    }
    return Error(ErrorKind::unavailable, fmt::format("cannot connect to {}: {}", failure.authority,
                                                     os_reason(failure.os_error, "no connection")));
}

Error certificate_error(const TransferFailure& failure) {
    Error error(ErrorKind::permission_denied,
                fmt::format("the TLS certificate of {} is not accepted: {}", failure.authority, failure.detail));
    error.with_code("TLS_CERTIFICATE");
    return error;
}

Error handshake_error(const TransferFailure& failure) {
    // What the TLS library refuses it refuses again; a connection that broke meanwhile is worth another try.
    Error error(failure.detail.empty() ? ErrorKind::unavailable : ErrorKind::unsupported,
                fmt::format("the TLS handshake with {} failed: {}", failure.authority,
                            failure.detail.empty() ? os_reason(failure.os_error, "no reason given") : failure.detail));
    error.with_code("TLS_HANDSHAKE");
    return error;
}

} // namespace

Error refused_error(std::string refusal) {
    Error error(ErrorKind::permission_denied, std::move(refusal));
    error.with_code(std::string(kAddressRefused));
    return error;
}

Error transfer_error(const TransferFailure& failure) {
    const std::string& peer = failure.authority;
    switch (failure.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return Error(ErrorKind::unavailable, fmt::format("cannot find the address of {}", peer));
    case CURLE_COULDNT_RESOLVE_PROXY:
        return Error(ErrorKind::unavailable, fmt::format("cannot find the address of the proxy for {}", peer));
    case CURLE_COULDNT_CONNECT: return connect_error(failure);
    case CURLE_OPERATION_TIMEDOUT: return timeout_error(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return certificate_error(failure);
    case CURLE_SSL_CONNECT_ERROR: return handshake_error(failure);
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
        return Error(ErrorKind::invalid_argument,
                     fmt::format("the TLS settings for {} do not work: {}", peer, failure.detail));
    case CURLE_GOT_NOTHING:
        return Error(ErrorKind::unavailable, fmt::format("{} closed the connection without an answer", peer));
    case CURLE_PARTIAL_FILE:
        return Error(ErrorKind::unavailable, fmt::format("{} closed the connection before the end of the body", peer));
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
        return Error(ErrorKind::unavailable, fmt::format("the connection to {} broke: {}", peer,
                                                         os_reason(failure.os_error, "closed by the peer")));
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
        return Error(ErrorKind::corrupt, fmt::format("{} sent something that is not an HTTP response", peer));
    case CURLE_PROXY:
        return Error(ErrorKind::unavailable, fmt::format("the proxy for {} refused the connection", peer));
    default:
        return Error(ErrorKind::unavailable,
                     fmt::format("the transfer with {} failed: {}", peer, curl_easy_strerror(failure.result)));
    }
}

} // namespace cang::http
