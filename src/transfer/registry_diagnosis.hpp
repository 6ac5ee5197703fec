// What is wrong with a registry, step by step, from its address to the sign-in.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "distribution/registry_client.hpp"
#include "transfer/registry_address.hpp"

namespace cang::transfer {

struct DiagnosisStep {
    std::string step; // address, dns, connect, tls, registry, sign-in
    bool ok = false;
    std::string message; // what was found; of a failure: what is wrong and what to do
    std::chrono::milliseconds duration{0};
};

struct Diagnosis {
    bool ok = false;
    Timestamp at;
    std::vector<DiagnosisStep> steps; // in order; the last one is the first that failed, if any
};

// A person waits for the end: about half a minute for everything together.
struct DiagnosisLimits {
    std::chrono::milliseconds connect{10'000}; // name, connection and TLS
    std::chrono::milliseconds answer{15'000};  // those and the registry's answer
    std::chrono::milliseconds probe{4'000};    // whether it speaks the other scheme
    std::chrono::milliseconds sign_in{10'000};
};

// Always ends, whatever the server does. Runs on the caller's executor; `clock` must outlive the call.
awaitable<Diagnosis> diagnose_registry(RegistryAddress address, distribution::RegistryOptions options,
                                       const Clock& clock, DiagnosisLimits limits = {});
// Of an address that cannot be.
Diagnosis bad_address(const ParseError& error, const Clock& clock);

} // namespace cang::transfer
