#include "testing/peer_registry.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace cang::testing {

namespace {

constexpr const char* kProgram = "/usr/bin/docker-registry";
constexpr std::chrono::seconds kStartLimit{20};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t free_port() {
    int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(probe, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

int run(std::vector<std::string> words, const std::string& output, pid_t* background) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    int failure = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        throw std::runtime_error(fmt::format("cannot run {}", words[0]));
    if (background != nullptr) {
        *background = pid;
        return 0;
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

} // namespace

bool PeerRegistry::installed() { return ::access(kProgram, X_OK) == 0 && ::access("/usr/bin/htpasswd", X_OK) == 0; }

void PeerRegistry::write_configuration(const std::optional<Login>& login) const {
    std::ofstream file(directory_ / "config.yml");
    file << fmt::format("version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n"
                        "  delete: {{enabled: true}}\nhttp: {{addr: {}, secret: test}}\n",
                        (directory_ / "data").string(), authority_);
    if (!login)
        return;
    auto passwords = (directory_ / "htpasswd").string();
    run({"htpasswd", "-nbB", login->username, login->password}, passwords, nullptr);
    file << fmt::format("auth:\n  htpasswd: {{realm: test, path: {}}}\n", passwords);
}

PeerRegistry::PeerRegistry(std::optional<Login> login)
    : port_(free_port()), authority_(fmt::format("127.0.0.1:{}", port_)) {
    write_configuration(login);
    start();
}

PeerRegistry::~PeerRegistry() { stop(); }

void PeerRegistry::stop() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

bool PeerRegistry::answers() const {
    int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port_);
    bool connected = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return connected;
}

void PeerRegistry::start() {
    run({kProgram, "serve", (directory_ / "config.yml").string()}, (directory_ / "log").string(), &pid_);
    auto deadline = std::chrono::steady_clock::now() + kStartLimit;
    while (!answers()) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline) {
            stop();
            throw std::runtime_error("docker-registry does not start");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace cang::testing
