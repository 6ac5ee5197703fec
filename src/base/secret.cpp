#include "base/secret.hpp"

namespace cang {

bool Secret::equals(std::string_view candidate) const noexcept {
    unsigned char difference = value_.size() != candidate.size();
    for (std::size_t i = 0; i < candidate.size(); ++i)
        difference |= static_cast<unsigned char>(candidate[i] ^ (value_.empty() ? 0 : value_[i % value_.size()]));
    return difference == 0;
}

} // namespace cang
