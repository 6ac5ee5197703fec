#include "http/client_engine.hpp"

#include "base/error.hpp"

#include <boost/asio/post.hpp>
#include <csignal>

namespace cang::http {

namespace {

void init_libcurl() {
    static const CURLcode result = [] {
        // A peer that goes away must be an error of its transfer, not the end of the process; libcurl's own guard costs
        // two system calls for each event.
        std::signal(SIGPIPE, SIG_IGN);
        return curl_global_init(CURL_GLOBAL_DEFAULT);
    }();
    if (result != CURLE_OK)
        throw Error(ErrorKind::internal, "libcurl cannot be initialised");
}

} // namespace

Client::Engine::Engine(asio::any_io_executor executor, ClientOptions options)
    : executor_(std::move(executor)), options_(std::move(options)), timer_(executor_) {
    constexpr long kIdleConnections = 64;
    init_libcurl();
    multi_ = curl_multi_init();
    if (multi_ == nullptr)
        throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &socket_callback);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &timer_callback);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.connections_per_host));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kIdleConnections);
}

Client::Engine::~Engine() {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
    for (auto& [fd, socket] : sockets_)
        socket->removed = true;
    sockets_.clear();
    curl_multi_cleanup(multi_);
}

void Client::Engine::attach(CURL* easy) {
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK)
        throw Error(ErrorKind::internal, "libcurl refuses a transfer");
}

void Client::Engine::detach(CURL* easy) noexcept { curl_multi_remove_handle(multi_, easy); }

int Client::Engine::socket_callback(CURL*, curl_socket_t socket, int action, void* self, void*) {
    static_cast<Engine*>(self)->on_socket(socket, action);
    return 0;
}

int Client::Engine::timer_callback(CURLM*, long milliseconds, void* self) {
    static_cast<Engine*>(self)->on_timer(milliseconds);
    return 0;
}

void Client::Engine::on_socket(curl_socket_t fd, int action) {
    auto known = sockets_.find(fd);
    if (action == CURL_POLL_REMOVE) {
        if (known == sockets_.end())
            return;
        // libcurl may close the descriptor next, so the event loop must have let go of it by then.
        known->second->removed = true;
        known->second->descriptor.release();
        sockets_.erase(known);
        return;
    }
    if (known == sockets_.end()) {
        auto socket = std::make_shared<Socket>(executor_);
        boost::system::error_code failure;
        socket->descriptor.assign(fd, failure);
        if (failure)
            return; // the transfer then ends by its timeout
        known = sockets_.emplace(fd, std::move(socket)).first;
    }
    known->second->wanted = action;
    arm(known->second);
}

void Client::Engine::arm(const std::shared_ptr<Socket>& socket) {
    using Wait = asio::posix::stream_descriptor;
    std::weak_ptr<Engine> engine = weak_from_this();
    if ((socket->wanted & CURL_POLL_IN) != 0 && !socket->reading) {
        socket->reading = true;
        socket->descriptor.async_wait(Wait::wait_read, [engine, socket](const boost::system::error_code& failure) {
            socket->reading = false;
            if (auto self = engine.lock())
                self->on_ready(socket, CURL_CSELECT_IN, static_cast<bool>(failure));
        });
    }
    if ((socket->wanted & CURL_POLL_OUT) != 0 && !socket->writing) {
        socket->writing = true;
        socket->descriptor.async_wait(Wait::wait_write, [engine, socket](const boost::system::error_code& failure) {
            socket->writing = false;
            if (auto self = engine.lock())
                self->on_ready(socket, CURL_CSELECT_OUT, static_cast<bool>(failure));
        });
    }
}

void Client::Engine::on_ready(const std::shared_ptr<Socket>& socket, int event, bool failed) {
    int direction = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
    if (socket->removed || (socket->wanted & direction) == 0)
        return;
    act(socket->descriptor.native_handle(), failed ? event | CURL_CSELECT_ERR : event);
    if (!socket->removed)
        arm(socket);
}

void Client::Engine::on_timer(long milliseconds) {
    std::uint64_t generation = ++timer_generation_;
    std::weak_ptr<Engine> engine = weak_from_this();
    auto expired = [engine, generation](const boost::system::error_code& = {}) {
        auto self = engine.lock();
        if (self && self->timer_generation_ == generation)
            self->act(CURL_SOCKET_TIMEOUT, 0);
    };
    if (milliseconds < 0) {
        timer_.cancel();
    } else if (milliseconds == 0) {
        timer_.cancel();
        asio::post(executor_, expired);
    } else {
        timer_.expires_after(std::chrono::milliseconds(milliseconds));
        timer_.async_wait(expired);
    }
}

void Client::Engine::act(curl_socket_t socket, int event) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, event, &running);
    collect_finished();
}

void Client::Engine::collect_finished() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left))
        if (message->msg == CURLMSG_DONE)
            Transfer::of(message->easy_handle)->finish(message->data.result);
}

} // namespace cang::http
