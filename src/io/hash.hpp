// Incremental digests whose state can be saved and restored, so that an upload resumes without reading back what it
// already hashed. Uses OpenSSL's low-level contexts: they are plain data, which the EVP ones are not.
#pragma once

#include "base/oci/digest.hpp"

#include <memory>

namespace cang::io {

class Hash {
public:
    explicit Hash(oci::DigestAlgorithm algorithm = oci::DigestAlgorithm::sha256);
    Hash(const Hash&);
    Hash& operator=(const Hash&);
    ~Hash();

    oci::DigestAlgorithm algorithm() const noexcept;
    std::uint64_t bytes() const noexcept; // hashed so far
    void update(ByteView bytes);
    // Digest of all bytes so far; does not change the state.
    oci::Digest digest() const;

    // Opaque bytes, valid for the same program on the same architecture.
    std::string save() const;
    // nullopt when `state` was not made by save().
    static std::optional<Hash> restore(std::string_view state);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cang::io
