// Image configs: parsing fails with a reason or gives as many chain IDs as diff IDs, and of the history an entry for
// each layer or none.
#include "base/oci/image_config.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto config = oci::ImageConfig::parse(text);
    if (!config) {
        fuzz::require(!config.error().reason.empty(), "errors have a reason");
        return 0;
    }
    auto chain = oci::chain_ids(config->diff_ids);
    fuzz::require(chain.size() == config->diff_ids.size(), "every layer has a chain ID");
    fuzz::require(chain.empty() || chain.front() == config->diff_ids.front(),
                  "the base layer's chain ID is its diff ID");
    auto makers = oci::history_of_layers(config->history, config->diff_ids.size());
    fuzz::require(makers.size() == config->diff_ids.size(), "every layer has a place for its maker");
    for (const auto* maker : makers)
        fuzz::require(maker == nullptr || !maker->empty_layer, "what made a layer is no entry without one");
    return 0;
}
