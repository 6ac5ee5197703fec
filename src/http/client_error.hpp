// What a failed transfer means to a user. Private to the client.
#pragma once

#include "base/error.hpp"
#include "http/client.hpp"

#include <curl/curl.h>

namespace cang::http {

struct TransferFailure {
    CURLcode result = CURLE_OK;
    std::string authority; // host[:port], for the message
    std::string detail;    // libcurl's own words; only shown for TLS, where they hold the reason
    std::string refusal;   // why the policy let none of the peer's addresses be tried
    long os_error = 0;
    bool connected = false; // TCP and TLS were up
    const ClientOptions* options = nullptr;
};

// What AddressPolicy said, as an error.
Error refused_error(std::string refusal);

// Code TLS_CERTIFICATE marks a peer that could not prove who it is, TLS_HANDSHAKE one that does not speak TLS with us.
Error transfer_error(const TransferFailure& failure);

} // namespace cang::http
