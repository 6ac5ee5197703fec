// One request and its response on a libcurl easy handle. Private to the client.
//
// libcurl calls the on_… functions while the engine drives it; they only move bytes and wake the coroutine that waits,
// so no coroutine ever runs inside a libcurl callback.
#pragma once

#include "http/client.hpp"
#include "http/client_url.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>
#include <vector>

namespace cang::http {

// A peer may not make us hold more than this before a request is judged.
inline constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
inline constexpr std::size_t kMaxHeaderFields = 200;

// What a transfer reports to when it ends, and where its libcurl handle lives.
class TransferHost {
public:
    virtual ~TransferHost() = default;
    virtual void attach(CURL* easy) = 0;
    virtual void detach(CURL* easy) noexcept = 0;
    virtual const ClientOptions& options() const = 0;
    virtual asio::any_io_executor executor() const = 0;
};

OutgoingTarget target_of(const ClientOptions& options, const Url& url);

class Transfer {
public:
    // `request` must outlive send_and_receive_headers().
    Transfer(std::shared_ptr<TransferHost> host, const ClientRequest& request, Url url);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Sends the request with its body; completes when the response's header section is there.
    awaitable<void> send_and_receive_headers();
    awaitable<std::size_t> read(MutableBytes buffer);

    int status() const noexcept { return status_; }
    Fields take_headers();
    const Url& url() const noexcept { return url_; }
    void finish(CURLcode result);

    static Transfer* of(CURL* easy);

private:
    friend class TransferSetup;

    std::size_t on_header(std::string_view line);
    std::size_t on_body(ByteView bytes);
    std::size_t on_upload(MutableBytes buffer);
    int on_rewind(curl_off_t offset);
    curl_socket_t on_open_socket(curl_sockaddr* address);
    std::optional<std::string> find_refusal(const curl_sockaddr& peer) const;
    void on_tls_begins();

    awaitable<void> wait();
    awaitable<void> supply_upload();
    void wake() { wake_.cancel(); }
    bool may_return() const;
    bool upload_wants_bytes() const;
    void pause_receiving();
    void resume(int direction);
    void write_trace();
    void throw_failure() const;
    std::size_t buffered() const noexcept { return buffer_.size() - buffer_begin_; }
    std::size_t take_buffered(MutableBytes target);

    std::shared_ptr<TransferHost> host_;
    Url url_;
    CURL* easy_ = nullptr;
    curl_slist* header_list_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
    asio::steady_timer wake_;
    int paused_ = CURLPAUSE_CONT;

    std::string header_block_;
    std::size_t header_lines_ = 0;
    bool headers_done_ = false;
    bool headers_too_large_ = false;
    int status_ = 0;

    // Body bytes that nobody has asked for yet, and the buffer of a read() in progress, which is filled first.
    std::vector<std::byte> buffer_;
    std::size_t buffer_begin_ = 0;
    MutableBytes direct_;
    std::size_t direct_filled_ = 0;

    io::Reader* upload_ = nullptr;
    std::vector<std::byte> upload_buffer_;
    std::size_t upload_begin_ = 0;
    std::size_t upload_end_ = 0;
    std::size_t upload_chunks_ = 0;
    std::optional<std::uint64_t> upload_left_;
    bool upload_ended_ = true;

    ConnectionTrace* trace_ = nullptr; // null once it is written
    std::string tried_address_;
    std::chrono::steady_clock::time_point begun_{};
    bool done_ = false;
    CURLcode result_ = CURLE_OK;
    bool by_proxy_ = false;
    bool tried_ = false;  // an address that the policy lets us connect to
    std::string refusal_; // of one that it does not
};

} // namespace cang::http
