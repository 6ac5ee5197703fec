// Many Socket.IO clients over WebSockets in one thread, counting the events that they get. usage: socketio_load_bench
// PORT CLIENTS BURST. Connects all, prints "ready"; each line "SECONDS" on standard input then asks the server for
// events ("burst", BURST), again and again when everybody has got all, and prints how many events arrived, as JSON.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Client {
    int socket = -1;
    bool upgraded = false;
    std::string head;             // of the handshake's answer, or of the frame that is arriving
    std::uint64_t payload = 0;    // bytes of that frame yet to come
    char first[2] = {'\0', '\0'}; // of its payload
    int first_filled = 0;
};

struct Load {
    int poller = epoll_create1(0);
    std::vector<Client> clients;
    std::size_t connected = 0; // to the namespace
    std::uint64_t events = 0;
};

void send_all(const Client& client, std::string_view bytes) {
    if (::send(client.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
        die("send");
}

void send_text(const Client& client, std::string_view text) {
    std::string frame{'\x81', static_cast<char>(0x80 | text.size()), '\0', '\0', '\0', '\0'}; // a mask of zeros
    send_all(client, frame.append(text));
}

void on_message(Client& client, Load& load) {
    std::string_view type(client.first, static_cast<std::size_t>(client.first_filled));
    if (type == "42")
        ++load.events;
    else if (type == "2")
        send_text(client, "3");
    else if (type.starts_with('0'))
        send_text(client, "40");
    else if (type == "40")
        ++load.connected;
}

std::size_t header_size(std::string_view head) {
    auto length = head.size() < 2 ? 0 : static_cast<unsigned char>(head[1]) & 0x7f;
    return length < 126 ? 2 : length == 126 ? 4 : 10;
}

// Takes bytes from the front of `bytes` until a frame's header is whole.
bool take_header(Client& client, std::string_view& bytes) {
    while (client.head.size() < header_size(client.head)) {
        if (bytes.empty())
            return false;
        client.head += bytes.front();
        bytes.remove_prefix(1);
    }
    client.payload = static_cast<unsigned char>(client.head[1]) & 0x7f;
    if (client.head.size() > 2) {
        client.payload = 0;
        for (char byte : std::string_view(client.head).substr(2))
            client.payload = client.payload << 8 | static_cast<unsigned char>(byte);
    }
    if ((client.head[0] & 0x0f) == 8)
        die("the server closed a connection");
    client.first_filled = 0;
    return true;
}

void take_frames(Client& client, std::string_view bytes, Load& load) {
    for (;;) {
        if (client.payload == 0) {
            if (!take_header(client, bytes))
                return;
        }
        auto part = bytes.substr(0, client.payload);
        for (std::size_t i = 0; i < part.size() && client.first_filled < 2; ++i)
            client.first[client.first_filled++] = part[i];
        client.payload -= part.size();
        bytes.remove_prefix(part.size());
        if (client.payload > 0)
            return;
        on_message(client, load);
        client.head.clear();
    }
}

void take(Client& client, std::string_view bytes, Load& load) {
    if (client.upgraded)
        return take_frames(client, bytes, load);
    client.head.append(bytes);
    auto end = client.head.find("\r\n\r\n");
    if (end == std::string::npos)
        return;
    if (!client.head.starts_with("HTTP/1.1 101"))
        die(client.head.c_str());
    client.upgraded = true;
    std::string rest = client.head.substr(end + 4);
    client.head.clear();
    take_frames(client, rest, load);
}

void receive(Load& load) {
    static std::vector<char> buffer(256 * 1024);
    epoll_event ready[256];
    int count = epoll_wait(load.poller, ready, 256, 100);
    for (int i = 0; i < count; ++i) {
        auto& client = *static_cast<Client*>(ready[i].data.ptr);
        auto got = ::recv(client.socket, buffer.data(), buffer.size(), 0);
        if (got <= 0)
            die("recv");
        take(client, {buffer.data(), static_cast<std::size_t>(got)}, load);
    }
}

void connect(Load& load, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    std::size_t started = 0;
    for (auto& client : load.clients) {
        client.socket = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(client.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("connect");
        int on = 1;
        ::setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
        epoll_ctl(load.poller, EPOLL_CTL_ADD, client.socket, &event);
        send_all(client, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        ++started;
        while (load.connected + 64 < started) // no more at once than a server's backlog holds
            receive(load);
    }
    while (load.connected < load.clients.size())
        receive(load);
}

void run(Load& load, double seconds, const std::string& burst) {
    auto begun = Clock::now();
    auto before = load.events;
    std::uint64_t wanted = before;
    auto now = begun;
    while (std::chrono::duration<double>(now - begun).count() < seconds) {
        wanted += load.clients.size() * static_cast<std::uint64_t>(std::atoi(burst.c_str()));
        send_text(load.clients.front(), "42[\"burst\"," + burst + "]");
        while (load.events < wanted)
            receive(load);
        now = Clock::now();
    }
    std::printf("{\"events\":%llu,\"seconds\":%.3f}\n", static_cast<unsigned long long>(load.events - before),
                std::chrono::duration<double>(now - begun).count());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: %s PORT CLIENTS BURST\n", argv[0]);
        return 3;
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Load load;
    load.clients.resize(static_cast<std::size_t>(std::atoi(argv[2])));
    connect(load, static_cast<std::uint16_t>(std::atoi(argv[1])));
    std::puts("ready");
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);)
        run(load, std::atof(line.c_str()), argv[3]);
}
