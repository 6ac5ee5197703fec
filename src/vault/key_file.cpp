#include "vault/key_file.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cang::vault {

namespace {

constexpr std::size_t kMaxSecretBytes = 4096;
constexpr std::size_t kKeyBytes = 32;

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0)
            ::close(value_);
    }
    int get() const noexcept { return value_; }

private:
    int value_;
};

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& path) {
    throw system_error(errno, fmt::format("{} {}", action, path.filename().string()));
}

void sync_directory(const std::filesystem::path& path) {
    Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        fail("syncing the directory of", path);
}

} // namespace

std::optional<Secret> find_secret_file(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT)
            return std::nullopt;
        fail("reading", path);
    }
    std::string text(kMaxSecretBytes + 1, '\0');
    auto length = ::read(file.get(), text.data(), text.size());
    if (length < 0)
        fail("reading", path);
    if (static_cast<std::size_t>(length) > kMaxSecretBytes)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("{} is too large to be a secret", path.filename().string()));
    text.resize(static_cast<std::size_t>(length));
    return Secret(std::move(text));
}

void put_secret_file(const std::filesystem::path& path, const Secret& secret) {
    auto part = path;
    part += ".part";
    {
        Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        const auto& text = secret.reveal();
        if (file.get() < 0 || ::fchmod(file.get(), 0600) != 0 ||
            ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
            ::fsync(file.get()) != 0)
            fail("writing", path);
    }
    if (::rename(part.c_str(), path.c_str()) != 0)
        fail("writing", path);
    sync_directory(path.parent_path());
}

Secret ensure_key_file(const std::filesystem::path& path) {
    auto existing = find_secret_file(path);
    if (existing && existing->reveal().size() >= kKeyBytes)
        return *existing;
    Secret fresh(random_hex(kKeyBytes));
    put_secret_file(path, fresh);
    return fresh;
}

} // namespace cang::vault
