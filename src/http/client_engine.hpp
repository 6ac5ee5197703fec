// Drives libcurl's multi handle with the event loop's readiness and time. Private to the client.
#pragma once

#include "http/client_transfer.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <unordered_map>

namespace cang::http {

class Client::Engine final : public TransferHost, public std::enable_shared_from_this<Client::Engine> {
public:
    Engine(asio::any_io_executor executor, ClientOptions options);
    ~Engine() override;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void attach(CURL* easy) override;
    void detach(CURL* easy) noexcept override;
    const ClientOptions& options() const override { return options_; }
    asio::any_io_executor executor() const override { return executor_; }

private:
    // A socket that libcurl owns, lent to the event loop while libcurl wants to hear of it.
    struct Socket {
        explicit Socket(const asio::any_io_executor& executor) : descriptor(executor) {}
        ~Socket() { descriptor.release(); }
        asio::posix::stream_descriptor descriptor;
        int wanted = 0; // CURL_POLL_…
        bool reading = false;
        bool writing = false;
        bool removed = false;
    };

    static int socket_callback(CURL*, curl_socket_t socket, int action, void* self, void*);
    static int timer_callback(CURLM*, long milliseconds, void* self);
    void on_socket(curl_socket_t socket, int action);
    void on_timer(long milliseconds);
    void arm(const std::shared_ptr<Socket>& socket);
    void on_ready(const std::shared_ptr<Socket>& socket, int event, bool failed);
    void act(curl_socket_t socket, int event);
    void collect_finished();

    asio::any_io_executor executor_;
    ClientOptions options_;
    asio::steady_timer timer_;
    std::uint64_t timer_generation_ = 0;
    CURLM* multi_ = nullptr;
    std::unordered_map<curl_socket_t, std::shared_ptr<Socket>> sockets_;
};

} // namespace cang::http
