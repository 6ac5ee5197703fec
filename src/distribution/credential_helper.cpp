#include "distribution/credential_helper.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace cang::distribution {

namespace json = boost::json;

namespace {

class Pipe {
public:
    Pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
            throw system_error(errno, "opening a pipe to a credential helper");
    }
    ~Pipe() {
        close(0);
        close(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    int operator[](std::size_t end) const { return ends_[end]; }
    void close(std::size_t end) {
        if (ends_[end] >= 0)
            ::close(std::exchange(ends_[end], -1));
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

// A process that is killed unless it was waited for.
class Child {
public:
    Child(const std::string& program, const std::string& verb, const Pipe& input, const Pipe& output) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input[0], 0);
        posix_spawn_file_actions_adddup2(&actions, output[1], 1);
        std::string name = program;
        std::string argument = verb;
        std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
        int failure = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (failure != 0)
            throw Error(ErrorKind::unavailable, system_error(failure, fmt::format("running {}", program)).message());
    }
    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool wait_for_success() {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

private:
    pid_t pid_ = -1;
};

// Waits until `fd` is ready for `event`; false at the deadline.
bool wait_ready(int fd, short event, std::chrono::steady_clock::time_point deadline) {
    while (true) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd wanted{fd, event, 0};
        int ready = left.count() > 0 ? ::poll(&wanted, 1, static_cast<int>(left.count())) : 0;
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

} // namespace

CredentialHelper::CredentialHelper(std::string name) : program_("docker-credential-" + name) {
    bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
    });
    if (!plain)
        throw Error(ErrorKind::invalid_argument, "the credential helper in the configuration has an invalid name");
}

CredentialHelper::Outcome CredentialHelper::run(const std::string& verb, const std::string& input) const {
    auto deadline = std::chrono::steady_clock::now() + time_limit;
    Pipe to_helper;
    Pipe from_helper;
    Child child(program_, verb, to_helper, from_helper);
    to_helper.close(0);
    from_helper.close(1);
    // Inputs are far below a pipe's capacity, so that one write takes all. A helper that does not read it is no
    // failure.
    [[maybe_unused]] ssize_t written = ::write(to_helper[1], input.data(), input.size());
    to_helper.close(1);
    Outcome outcome;
    std::array<char, 4096> buffer;
    while (true) {
        if (!wait_ready(from_helper[0], POLLIN, deadline))
            throw Error(ErrorKind::deadline_exceeded, fmt::format("{} did not answer in time", program_));
        ssize_t count = ::read(from_helper[0], buffer.data(), buffer.size());
        if (count <= 0)
            break;
        outcome.output.append(buffer.data(), static_cast<std::size_t>(count));
        if (outcome.output.size() > output_limit)
            throw Error(ErrorKind::corrupt, fmt::format("{} answered more than {} bytes", program_, output_limit));
    }
    outcome.succeeded = child.wait_for_success();
    return outcome;
}

std::optional<Credentials> CredentialHelper::find(const std::string& server) const {
    Outcome outcome = run("get", server + "\n");
    if (!outcome.succeeded) {
        if (outcome.output.find("credentials not found") != std::string::npos)
            return std::nullopt;
        throw Error(ErrorKind::unavailable, fmt::format("{} could not give the credentials of {}", program_, server));
    }
    json::error_code failure;
    json::value answer = json::parse(outcome.output, failure);
    if (failure || !answer.is_object())
        throw Error(ErrorKind::corrupt, fmt::format("{} answered something that is not JSON", program_));
    std::string username = text_member(answer.get_object(), "Username");
    Secret secret(text_member(answer.get_object(), "Secret"));
    Credentials credentials;
    if (username == "<token>") {
        credentials.identity_token = std::move(secret);
    } else {
        credentials.username = std::move(username);
        credentials.password = std::move(secret);
    }
    if (credentials.anonymous())
        return std::nullopt;
    return credentials;
}

void CredentialHelper::put(const std::string& server, const Credentials& credentials) const {
    bool token = !credentials.identity_token.empty();
    json::object entry{{"ServerURL", server},
                       {"Username", token ? "<token>" : credentials.username},
                       {"Secret", token ? credentials.identity_token.reveal() : credentials.password.reveal()}};
    if (!run("store", json::serialize(entry)).succeeded)
        throw Error(ErrorKind::unavailable, fmt::format("{} could not store the credentials of {}", program_, server));
}

void CredentialHelper::erase(const std::string& server) const {
    if (!run("erase", server + "\n").succeeded)
        throw Error(ErrorKind::unavailable, fmt::format("{} could not erase the credentials of {}", program_, server));
}

} // namespace cang::distribution
