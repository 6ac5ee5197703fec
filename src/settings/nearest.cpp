#include "settings/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace cang::settings {

namespace {

constexpr std::size_t kMaxWordBytes = 64;

// Insertions, removals and replacements that make one of the other (Levenshtein).
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= to.size(); ++j) {
            auto replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

} // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    if (word.empty() || word.size() > kMaxWordBytes)
        return {};
    std::string_view best;
    auto fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (auto candidate : known) {
        auto count = edits(word, candidate);
        if (count < fewest && count < candidate.size()) {
            fewest = count;
            best = candidate;
        }
    }
    return best;
}

} // namespace cang::settings
