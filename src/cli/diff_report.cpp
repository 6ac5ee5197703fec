#include "cli/diff_report.hpp"

#include "base/bytes.hpp"
#include "cli/printable.hpp"

#include <fmt/format.h>

namespace cang::cli {

namespace {

std::string layer_lines(std::string_view sign, const std::vector<oci::Descriptor>& layers) {
    std::string text;
    for (const auto& layer : layers)
        text += fmt::format("{} layer {} {}\n", sign, layer.digest.to_string(), human_bytes(layer.size));
    return text;
}

} // namespace

std::string to_text(const image::ImageDiff& diff) {
    if (diff.empty())
        return "no difference\n";
    std::string text;
    for (const auto& change : diff.fields) {
        if (change.before)
            text += fmt::format("- {}: {}\n", printable(change.field), printable(*change.before));
        if (change.after)
            text += fmt::format("+ {}: {}\n", printable(change.field), printable(*change.after));
    }
    text += layer_lines("=", diff.shared) + layer_lines("-", diff.removed) + layer_lines("+", diff.added);
    auto size = static_cast<std::uint64_t>(diff.size_difference < 0 ? -diff.size_difference : diff.size_difference);
    return text + fmt::format("{} layers shared, {} removed, {} added; {}{}\n", diff.shared.size(), diff.removed.size(),
                              diff.added.size(), diff.size_difference < 0 ? "-" : "+", human_bytes(size));
}

} // namespace cang::cli
