// What is in an archive, for somebody who chooses.
#pragma once

#include "transfer/archive_images.hpp"

namespace cang::transfer {

struct ListedImage {
    std::string name;
    std::vector<std::string> platforms; // attestations left out
    std::uint64_t size = 0;             // configs and layers of all platforms, each once
};
awaitable<std::vector<ListedImage>> list_images(ImageArchive& archive);

} // namespace cang::transfer
