// Digests that the collector is removing; ended together, also when a step throws.
#pragma once

#include "image/places/warehouse/digest_guard.hpp"

#include <unordered_set>

namespace cang::warehouse {

class Removals {
public:
    Removals(DigestGuard& guard, Timestamp cutoff) : guard_(guard), cutoff_(cutoff) {}
    ~Removals() {
        for (const oci::Digest& digest : digests_)
            guard_.end_removal(digest);
    }
    Removals(const Removals&) = delete;
    Removals& operator=(const Removals&) = delete;

    // False when somebody uses the digest or did since the cutoff.
    bool add(const oci::Digest& digest) {
        if (digests_.contains(digest))
            return true;
        if (!guard_.begin_removal(digest, cutoff_))
            return false;
        digests_.insert(digest);
        return true;
    }

private:
    DigestGuard& guard_;
    Timestamp cutoff_;
    std::unordered_set<oci::Digest> digests_;
};

} // namespace cang::warehouse
