#include "testing/docker_engine.hpp"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cang::testing {

namespace {

constexpr std::chrono::seconds kStartTimeout{40}; // containerd starts first, on a loaded machine
constexpr std::chrono::seconds kStopTimeout{20};
constexpr std::chrono::milliseconds kPollPause{20};

bool answers(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(fd);
    return connected;
}

} // namespace

std::string DockerEngine::obstacle() {
    if (::geteuid() != 0)
        return "dockerd needs root";
    if (::access("/usr/sbin/dockerd", X_OK) != 0 && ::access("/usr/bin/dockerd", X_OK) != 0)
        return "dockerd is not installed";
    return "";
}

DockerEngine::DockerEngine() : missing_(obstacle()) {
    if (missing_.empty() && !start("overlay2") && !start("vfs"))
        missing_ = "dockerd does not start here";
}

DockerEngine::~DockerEngine() { stop(); }

bool DockerEngine::start(const std::string& storage_driver) {
    const auto path = [this](const char* name) { return (directory_ / name).string(); };
    process_ = ::fork();
    if (process_ == 0) {
        const int log = ::open(path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        ::dup2(log, 1);
        ::dup2(log, 2);
        ::execlp("dockerd", "dockerd", "--data-root", path("data").c_str(), "--exec-root", path("exec").c_str(), "-H",
                 ("unix://" + socket()).c_str(), "--pidfile", path("pid").c_str(), "--iptables=false", "--bridge=none",
                 "--storage-driver", storage_driver.c_str(), nullptr);
        ::_exit(127);
    }
    const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
    while (std::chrono::steady_clock::now() < deadline) {
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) == process_) {
            process_ = -1;
            return false;
        }
        if (answers(socket()))
            return true;
        std::this_thread::sleep_for(kPollPause);
    }
    stop();
    return false;
}

void DockerEngine::stop() {
    if (process_ <= 0)
        return;
    ::kill(process_, SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + kStopTimeout;
    while (::waitpid(process_, nullptr, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > deadline)
            ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(kPollPause);
    }
    process_ = -1;
}

} // namespace cang::testing
