// YAML that is bounded before it becomes a tree: size, nodes, nesting, aliases, one document.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace YAML {
class Node;
}

namespace cang::settings {

struct YamlLimits {
    std::size_t bytes;
    std::size_t nodes;
    std::size_t depth;
    std::size_t aliases;
};

struct YamlError {
    std::size_t line = 0; // counts from 1; 0: the text as a whole
    std::size_t column = 0;
    std::size_t position = 0; // byte offset
    std::string reason;
};

// Throws nothing; the reason is yaml-cpp's sentence, or the limit that was passed.
std::expected<YAML::Node, YamlError> parse_bounded_yaml(std::string_view text, const YamlLimits& limits);

} // namespace cang::settings
