// What the steps of a diagnosis say: what is wrong, and what to do. Pure.
#pragma once

#include "base/error.hpp"
#include "http/message.hpp"
#include "transfer/registry_address.hpp"

namespace cang::transfer {

// What /v2/ answered to somebody without credentials.
struct RegistryAnswer {
    int status = 0;
    http::Fields headers;
    std::string body; // its beginning
};

std::string name_finding(const std::string& host, const std::string& address);
std::string name_problem(const Error& error);
std::string connect_problem(const Error& error, int os_error);
std::string tls_finding(bool verified);
std::string tls_problem(const Error& error, const std::string& host, long certificate_error);
std::string speaks_plain_http(const std::string& host);
std::string speaks_tls(const std::string& host);
std::string registry_finding(const RegistryAnswer& answer);
// Empty when it is how a registry answers.
std::string registry_problem(const RegistryAnswer& answer, const RegistryAddress& address);
std::string silence_problem(const Error& error);
std::string sign_in_problem(const Error& error, bool anonymous);

// What the failure of an attempt means; nullopt when there was none. Passes on the caller's own cancellation.
std::optional<Error> error_of(std::exception_ptr failure);

} // namespace cang::transfer
