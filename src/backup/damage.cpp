#include "backup/damage.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::backup {

namespace {

constexpr std::size_t most_named = 10;

} // namespace

void Damage::check(std::string_view what, std::string_view hint) const {
    if (found_.empty())
        return;
    std::size_t named = std::min(found_.size(), most_named);
    std::string text = fmt::format("{}: {}", what, found_.front());
    for (std::size_t i = 1; i < named; ++i)
        text += ", " + found_[i];
    if (named < found_.size())
        text += fmt::format(", and {} more", found_.size() - named);
    throw Error(ErrorKind::corrupt, fmt::format("{}\n{}", text, hint));
}

} // namespace cang::backup
