#include "cli/prompt.hpp"

#include <csignal>
#include <fmt/format.h>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace cang::cli {

namespace {

constexpr std::size_t kLongestPassword = 1024;

termios g_shown{}; // how the terminal was, for the signal handler

extern "C" void show_and_die(int signal) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &g_shown);
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

// While it lives the terminal shows nothing of what is typed.
class SilentTerminal {
public:
    explicit SilentTerminal(const Console& console)
        : active_(console.in_is_terminal && ::tcgetattr(STDIN_FILENO, &g_shown) == 0) {
        if (!active_)
            return;
        struct sigaction action{};
        action.sa_handler = show_and_die;
        ::sigaction(SIGINT, &action, &before_interrupt_);
        ::sigaction(SIGTERM, &action, &before_terminate_);
        termios silent = g_shown;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~SilentTerminal() {
        if (!active_)
            return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &g_shown);
        ::sigaction(SIGINT, &before_interrupt_, nullptr);
        ::sigaction(SIGTERM, &before_terminate_, nullptr);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

private:
    bool active_;
    struct sigaction before_interrupt_{};
    struct sigaction before_terminate_{};
};

} // namespace

std::string read_line(Console& console) {
    std::string line;
    std::getline(console.in, line);
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

Secret ask_secret(Console& console, std::string_view question) {
    console.err << question << ": " << std::flush;
    Secret secret;
    {
        SilentTerminal silent(console);
        secret = Secret(read_line(console));
    }
    console.err << '\n';
    return secret;
}

Secret read_new_password(Console& console, bool from_stdin) {
    Secret password;
    if (from_stdin) {
        password = Secret(read_line(console));
    } else {
        if (!console.in_is_terminal)
            throw Error(ErrorKind::invalid_argument, "there is no terminal to ask for the new password\n"
                                                     "pass it with --password-stdin");
        password = ask_secret(console, "New password");
        if (!ask_secret(console, "The same again").equals(password.reveal()))
            throw Error(ErrorKind::invalid_argument, "the two passwords differ");
    }
    if (password.empty() || password.reveal().size() > kLongestPassword)
        throw Error(ErrorKind::invalid_argument, "the new password is empty or too long");
    return password;
}

bool is_confirmed(const Session& session, bool yes, std::string_view what, std::string_view question) {
    if (yes)
        return true;
    if (!session.console.in_is_terminal)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("{} needs --yes when standard input is no terminal\nadd --yes to the command", what));
    session.console.err << fmt::format("{} [y/N] ", question) << std::flush;
    auto answer = read_line(session.console);
    return answer == "y" || answer == "Y" || answer == "yes";
}

} // namespace cang::cli
