#include "image/source.hpp"

namespace cang::image {

awaitable<std::optional<oci::Descriptor>> Source::find_layer(const oci::Digest& diff_id) {
    (void)diff_id;
    co_return std::nullopt;
}

} // namespace cang::image
