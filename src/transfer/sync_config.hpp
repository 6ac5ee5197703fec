// The YAML file of `cang sync`: which repositories and tags go where. docs/cli/sync.md explains it to users.
#pragma once

#include "base/oci/platform.hpp"
#include "image/place_name.hpp"
#include "transfer/pattern.hpp"

#include <map>
#include <optional>

namespace cang::transfer {

struct SyncRegistry {
    std::optional<bool> tls_verify;
    std::string ca_file;
    std::string user;
    std::string password_file; // the password itself has no place in this file
};

struct SyncRule {
    std::string source_registry;   // host[:port]; empty: the warehouse
    std::string source_repository; // exact; empty when `repositories` chooses
    PatternSet repositories;
    PatternSet tags;
    std::size_t newest = 0; // of the chosen tags only so many, by version; 0: all
    // "docker://HOST/PREFIX" or "PREFIX" of the warehouse. The repository's name is appended unless `target_exact`.
    image::PlaceKind target_kind = image::PlaceKind::warehouse;
    std::string target_registry;
    std::string target_repository; // prefix or whole name, may be empty as a prefix
    bool target_exact = false;     // `as:` instead of `target:`
    std::vector<oci::Platform> platforms;
    bool referrers = false;
};

struct SyncConfig {
    static constexpr std::size_t max_bytes = 1024 * 1024;
    static constexpr std::size_t max_aliases = 64; // enough to share pattern lists, too few for an alias bomb
    static constexpr std::size_t max_nodes = 50'000;
    static constexpr std::size_t max_depth = 16;

    std::map<std::string, SyncRegistry> registries;
    std::vector<SyncRule> rules;
};

// The reason names the place: "sync[2].tags: …".
std::expected<SyncConfig, ParseError> parse_sync_config(std::string_view text);

// Where `repository` goes by this rule.
image::PlaceName sync_target(const SyncRule& rule, const std::string& repository, const std::string& tag);

} // namespace cang::transfer
