// Keep-alive load on one URL from many connections: requests per second and latency percentiles, for GET and HEAD
// (where wrk counts nothing). One thread, epoll, one request in flight a connection. Usage: http_load_bench GET|HEAD
// http://127.0.0.1:PORT/path CONNECTIONS SECONDS [header...]. Prints one JSON line.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
    int socket = -1;
    std::string received;
    std::size_t body_left = 0;
    bool in_body = false;
    Clock::time_point sent;
};

struct Load {
    std::string request;
    sockaddr_in address{};
    bool head = false;
    std::vector<float> latencies_ms;
    std::size_t errors = 0;
};

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

void parse_url(std::string_view url, const std::string& method, int headers, char** header, Load& load) {
    url.remove_prefix(std::min(url.size(), std::string_view("http://").size()));
    std::string host(url.substr(0, url.find('/')));
    std::string path(url.substr(host.size()));
    load.request = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: */*\r\n";
    for (int i = 0; i < headers; ++i)
        load.request += std::string(header[i]) + "\r\n";
    load.request += "\r\n";
    auto colon = host.find(':');
    load.address.sin_family = AF_INET;
    load.address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(host.c_str() + colon + 1)));
    inet_pton(AF_INET, host.substr(0, colon).c_str(), &load.address.sin_addr);
    load.head = method == "HEAD";
}

void send_request(Connection& connection, const Load& load) {
    connection.sent = Clock::now();
    if (::send(connection.socket, load.request.data(), load.request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(load.request.size()))
        die("send");
}

// Takes what arrived; true when a whole response has.
bool take(Connection& connection, std::string_view bytes, Load& load) {
    if (connection.in_body) {
        connection.body_left -= std::min(connection.body_left, bytes.size());
        return connection.body_left == 0;
    }
    connection.received.append(bytes);
    auto end = connection.received.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    if (connection.received.compare(9, 3, "200") != 0)
        ++load.errors;
    std::size_t length = 0;
    if (!load.head)
        for (const char* name : {"Content-Length: ", "content-length: "})
            if (auto at = connection.received.find(name); at < end)
                length = std::strtoull(connection.received.c_str() + at + 16, nullptr, 10);
    std::size_t have = connection.received.size() - end - 4;
    connection.body_left = length - std::min(length, have);
    connection.in_body = true;
    return connection.body_left == 0;
}

void run(Load& load, std::size_t count, double seconds) {
    int poller = epoll_create1(0);
    std::vector<Connection> connections(count);
    for (auto& connection : connections) {
        connection.socket = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&load.address), sizeof load.address) != 0)
            die("connect");
        int on = 1;
        ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
        epoll_ctl(poller, EPOLL_CTL_ADD, connection.socket, &event);
        send_request(connection, load);
    }
    std::vector<char> buffer(65536);
    std::vector<epoll_event> events(256);
    auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < deadline) {
        int ready = epoll_wait(poller, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) {
            auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
            ssize_t got = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
            if (got <= 0)
                die("recv");
            if (!take(connection, {buffer.data(), static_cast<std::size_t>(got)}, load))
                continue;
            load.latencies_ms.push_back(
                std::chrono::duration<float, std::milli>(Clock::now() - connection.sent).count());
            connection.in_body = false;
            connection.received.clear();
            send_request(connection, load);
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr, "usage: %s GET|HEAD http://127.0.0.1:PORT/path CONNECTIONS SECONDS [header...]\n",
                     argv[0]);
        return 3;
    }
    Load load;
    parse_url(argv[2], argv[1], argc - 5, argv + 5, load);
    double seconds = std::atof(argv[4]);
    run(load, static_cast<std::size_t>(std::atoi(argv[3])), seconds);
    std::sort(load.latencies_ms.begin(), load.latencies_ms.end());
    auto at = [&](double share) {
        return load.latencies_ms.empty() ? 0.0F
                                         : load.latencies_ms[static_cast<std::size_t>(
                                               share * static_cast<double>(load.latencies_ms.size() - 1))];
    };
    std::printf("{\"requests_per_second\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"errors\":%zu}\n",
                static_cast<double>(load.latencies_ms.size()) / seconds, static_cast<double>(at(0.5)),
                static_cast<double>(at(0.99)), load.errors);
}
