// The credentials of the user who runs the program: Docker's config.json, containers' auth.json and credential helpers.
//
// Reads the file that the caller or REGISTRY_AUTH_FILE names, else, in this order: $DOCKER_CONFIG/config.json (by
// default
// ~/.docker/config.json), $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json. Writes to the first of
// these. The calls block.
#pragma once

#include "distribution/docker_config.hpp"

#include <filesystem>
#include <vector>

namespace cang::distribution {

class CredentialStore {
public:
    // `authfile` empty: as the environment says.
    static CredentialStore from_environment(const std::filesystem::path& authfile = {});
    // `files` are read in order; the first one is written.
    explicit CredentialStore(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

    // Anonymous when nothing is known. Throws Error{invalid_argument} for a file that is not JSON.
    Credentials find(const std::string& registry) const;
    // Replaces; the file is written with mode 0600 and renamed into place.
    void put(const std::string& registry, const Credentials& credentials) const;
    // False when nothing was known.
    bool erase(const std::string& registry) const;
    const std::filesystem::path& written_file() const { return files_.front(); }

private:
    std::vector<std::filesystem::path> files_; // never empty
};

} // namespace cang::distribution
