// Objects that are not what they should be: all are told together, at the end.
#pragma once

#include "base/error.hpp"
#include "base/oci/digest.hpp"

#include <vector>

namespace cang::backup {

class Damage {
public:
    void add_damaged(const oci::Digest& digest) { found_.push_back(digest.to_string() + " is damaged"); }
    void add_missing(const oci::Digest& digest) { found_.push_back(digest.to_string() + " is missing"); }
    // Throws Error{corrupt} "WHAT: sha256:… is damaged, sha256:… is missing, and 3 more\nHINT" when there is any.
    void check(std::string_view what, std::string_view hint) const;

private:
    std::vector<std::string> found_;
};

} // namespace cang::backup
