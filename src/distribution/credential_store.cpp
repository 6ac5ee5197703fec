#include "distribution/credential_store.hpp"

#include "base/bytes.hpp"
#include "distribution/credential_helper.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::distribution {

namespace fs = std::filesystem;

namespace {

fs::path environment_path(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? fs::path(value) : fs::path();
}

// An absent file is an empty configuration.
DockerConfig load(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return {};
    std::string text(DockerConfig::max_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    auto config = DockerConfig::parse(text);
    if (!config)
        throw_invalid(fmt::format("the credentials file {}", path.filename().string()), config.error());
    return std::move(*config);
}

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        ssize_t count = ::write(fd, text.data(), text.size());
        if (count < 0)
            throw system_error(errno, "writing the credentials file");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

// Replaces the file at once, so that a reader never sees half of it.
void save(const fs::path& path, const DockerConfig& config) {
    fs::create_directories(path.parent_path());
    fs::path fresh = path;
    fresh += "." + random_hex(6);
    int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        throw system_error(errno, "writing the credentials file");
    struct Close {
        int fd;
        ~Close() { ::close(fd); }
    };
    Close guard{fd};
    write_all(fd, config.to_text());
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        int reason = errno;
        ::unlink(fresh.c_str());
        throw system_error(reason, "writing the credentials file");
    }
}

} // namespace

CredentialStore CredentialStore::from_environment(const fs::path& authfile) {
    fs::path named = authfile.empty() ? environment_path("REGISTRY_AUTH_FILE") : authfile;
    if (!named.empty())
        return CredentialStore(std::vector{named});
    fs::path home = environment_path("HOME");
    fs::path docker = environment_path("DOCKER_CONFIG");
    fs::path docker_file = (docker.empty() ? home / ".docker" : docker) / "config.json";
    std::vector<fs::path> files{docker_file};
    if (fs::path runtime = environment_path("XDG_RUNTIME_DIR"); !runtime.empty())
        files.push_back(runtime / "containers" / "auth.json");
    files.push_back(home / ".config" / "containers" / "auth.json");
    return CredentialStore(std::move(files));
}

Credentials CredentialStore::find(const std::string& registry) const {
    for (const fs::path& file : files_) {
        DockerConfig config = load(file);
        if (auto credentials = config.find(registry))
            return *credentials;
        std::string helper = config.helper_for(registry);
        if (helper.empty())
            continue;
        if (auto credentials = CredentialHelper(helper).find(credentials_key(registry)))
            return *credentials;
    }
    return {};
}

void CredentialStore::put(const std::string& registry, const Credentials& credentials) const {
    DockerConfig config = load(written_file());
    std::string helper = config.helper_for(registry);
    if (!helper.empty()) {
        CredentialHelper(helper).put(credentials_key(registry), credentials);
        return;
    }
    config.put(registry, credentials);
    save(written_file(), config);
}

bool CredentialStore::erase(const std::string& registry) const {
    DockerConfig config = load(written_file());
    bool erased = config.erase(registry);
    if (erased)
        save(written_file(), config);
    std::string helper = config.helper_for(registry);
    if (!helper.empty() && CredentialHelper(helper).find(credentials_key(registry))) {
        CredentialHelper(helper).erase(credentials_key(registry));
        erased = true;
    }
    return erased;
}

} // namespace cang::distribution
