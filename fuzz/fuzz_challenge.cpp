// WWW-Authenticate: bounds hold, schemes and names are lower-case tokens, errors point into the text.
#include "distribution/challenge.hpp"
#include "require.hpp"

#include <algorithm>

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto challenges = distribution::parse_challenges(text);
    if (!challenges) {
        fuzz::require(challenges.error().position <= size, "errors point into the text");
        return 0;
    }
    auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    fuzz::require(challenges->size() <= distribution::ChallengeLimits::challenges, "challenges are bounded");
    for (const auto& challenge : *challenges) {
        fuzz::require(!challenge.scheme.empty() && std::ranges::none_of(challenge.scheme, upper),
                      "schemes are in lower case");
        fuzz::require(challenge.parameters.size() <= distribution::ChallengeLimits::parameters,
                      "parameters are bounded");
        for (const auto& [name, value] : challenge.parameters)
            fuzz::require(!name.empty() && std::ranges::none_of(name, upper) && value.size() <= size,
                          "parameters are named in lower case and come from the text");
    }
    return 0;
}
