// YAML that is bounded before it becomes a tree: size, nodes, nesting and aliases.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <string_view>

namespace YAML {
class Node;
}

namespace cang::transfer {

struct YamlLimits {
    std::size_t bytes;
    std::size_t nodes;
    std::size_t depth;
    std::size_t aliases;
};

// Throws nothing; the reason is yaml-cpp's sentence with the line, or the limit that was passed.
std::expected<YAML::Node, ParseError> parse_bounded_yaml(std::string_view text, const YamlLimits& limits);

} // namespace cang::transfer
