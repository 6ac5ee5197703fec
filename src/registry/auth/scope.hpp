// What a token lets its bearer do: "repository:library/nginx:pull,push", "registry:catalog:*" (distribution token
// scope grammar).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::registry::auth {

struct Scope {
    std::string type; // "repository" or "registry"
    std::string name;
    std::vector<std::string> actions; // "pull", "push", "delete" or "*"

    friend bool operator==(const Scope&, const Scope&) = default;
};

inline constexpr std::size_t kMaxScopes = 64; // of one token: a mount names two

std::optional<Scope> parse_scope(std::string_view text);
// Of every value, split at spaces; what does not parse or exceeds the limit is left out, which grants nothing.
std::vector<Scope> parse_scopes(const std::vector<std::string>& values);
std::string to_string(const Scope& scope);
// True when `granted` has every action of `needed`.
bool covers(const std::vector<Scope>& granted, const Scope& needed);

} // namespace cang::registry::auth
