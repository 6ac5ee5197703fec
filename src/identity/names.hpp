// Names and labels that people give to users, projects, robots and tokens.
#pragma once

#include <string>
#include <string_view>

namespace cang::identity {

inline constexpr std::size_t kMaxName = 128;
inline constexpr std::size_t kMaxLabel = 255;
inline constexpr std::size_t kMaxDescription = 2'000;

// All throw Error{invalid_argument} that says the rule.
void require_user_name(const std::string& name);    // letters, digits and . _ - @ +
void require_project_name(const std::string& name); // the first element of a repository's name
void require_robot_name(const std::string& name);   // what follows "robot$"
void require_label(std::string_view field, const std::string& text, std::size_t longest = kMaxLabel);

// The nearest text that require_user_name() and require_label() take, for names from elsewhere.
std::string user_name_of(std::string_view wanted);
std::string label_of(std::string_view wanted);

} // namespace cang::identity
