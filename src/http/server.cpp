#include "http/server.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "http/acceptor.hpp"
#include "http/address_limit.hpp"
#include "http/tls.hpp"
#include "http/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <unistd.h>

namespace cang::http {

class Server::Core {
public:
    Core(ServerOptions options, const Router& router, ServerHooks hooks)
        : limit_(options.max_connections_per_address, options.trusted_proxies),
          shared_{.options = std::move(options), .router = router, .hooks = std::move(hooks)} {
        const auto& own = shared_.options;
        if (!own.tls_cert_file.empty())
            certificate_.emplace(own.tls_cert_file, own.tls_key_file);
        auto threads = own.threads > 0 ? own.threads : std::max(1U, std::thread::hardware_concurrency());
        for (std::size_t i = 0; i < threads; ++i)
            workers_.push_back(std::make_unique<Worker>(shared_));
        acceptor_.emplace(workers_.front()->context(), own.address, own.port);
    }

    std::uint16_t port() const noexcept { return acceptor_->port(); }
    std::size_t connections() const noexcept { return shared_.connections; }

    void use_certificate(const std::string& cert_file, const std::string& key_file) {
        auto certificate = std::make_shared<TlsCertificate>(cert_file, key_file);
        asio::post(workers_.front()->context(), [this, certificate] { certificate_ = std::move(*certificate); });
    }

    void start() {
        Acceptor::Accepted accepted = [this](int descriptor, const asio::ip::tcp& protocol, std::string remote) {
            hand_over(descriptor, protocol, std::move(remote));
        };
        auto full = [this] { return shared_.connections >= shared_.options.max_connections; };
        auto done = [](std::exception_ptr failure) {
            if (failure)
                std::rethrow_exception(failure); // nothing in the loop throws short of running out of memory
        };
        asio::co_spawn(workers_.front()->context(), acceptor_->run(std::move(accepted), full), done);
        for (auto& worker : workers_)
            worker->start();
        started_ = true;
    }

    void stop(std::chrono::milliseconds grace) {
        if (!std::exchange(started_, false))
            return;
        asio::post(workers_.front()->context(), [this] {
            acceptor_->close();
            // Posted from here, so that no connection is handed over afterwards.
            for (auto& worker : workers_)
                worker->drain();
        });
        if (!wait_until_closed(grace)) {
            if (grace.count() > 0)
                log::warn("http.cutting_connections", {{"count", std::to_string(connections())}});
            for (auto& worker : workers_)
                worker->cut();
        }
        // Each loop ends when its last connection has; a handler in a blocking call is waited for.
        for (auto& worker : workers_)
            worker->join();
    }

private:
    // Each connection goes to the loop with the fewest, so that a few long transfers use all cores.
    void hand_over(int descriptor, const asio::ip::tcp& protocol, std::string remote_address) {
        auto place = limit_.admit(remote_address);
        if (!place) {
            ::close(descriptor);
            log::debug("http.too_many_connections", {{"addr", remote_address}});
            return;
        }
        auto& worker = **std::ranges::min_element(workers_, {}, [](const auto& each) { return each->connections(); });
        Socket socket(worker.context().get_executor());
        boost::system::error_code error;
        socket.assign(protocol, descriptor, error);
        if (error) {
            ::close(descriptor);
            return;
        }
        try {
            auto transport = certificate_ ? certificate_->wrap(std::move(socket)) : plain_transport(std::move(socket));
            worker.adopt(std::move(transport), {std::move(remote_address), std::move(*place)});
        } catch (...) {
            auto failure = current_error();
            log::warn("http.accept_failed", {{"reason", failure.message()}});
        }
    }

    bool wait_until_closed(std::chrono::milliseconds grace) {
        std::unique_lock lock(shared_.mutex);
        return shared_.all_closed.wait_for(lock, grace, [this] { return shared_.connections == 0; });
    }

    AddressLimit limit_;
    ServerShared shared_;
    std::optional<TlsCertificate> certificate_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::optional<Acceptor> acceptor_;
    bool started_ = false;
};

Server::Server(ServerOptions options, const Router& router, ServerHooks hooks)
    : core_(std::make_unique<Core>(std::move(options), router, std::move(hooks))) {}

Server::~Server() { core_->stop(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const noexcept { return core_->port(); }

void Server::start() { core_->start(); }

void Server::stop(std::chrono::milliseconds grace) { core_->stop(grace); }

std::size_t Server::connections() const noexcept { return core_->connections(); }

void Server::use_certificate(const std::string& cert_file, const std::string& key_file) {
    core_->use_certificate(cert_file, key_file);
}

} // namespace cang::http
