// The libcurl options of one transfer.
#include "base/error.hpp"
#include "http/client_transfer.hpp"
#include "http/proxy_choice.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace cang::http {

// The C callbacks; a friend of Transfer.
class TransferSetup {
public:
    TransferSetup(Transfer& transfer, const ClientRequest& request) : transfer_(transfer), request_(request) {}

    void apply() {
        set_basics();
        set_callbacks();
        set_method_and_body();
        set_headers();
        set_route();
        set_tls();
    }

private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        if (curl_easy_setopt(transfer_.easy_, option, value) != CURLE_OK)
            throw Error(ErrorKind::internal, "libcurl refuses an option");
    }

    void set_basics();
    void set_callbacks();
    void set_method_and_body();
    void set_headers();
    void set_route();
    void set_tls();
    bool has_body() const { return request_.body != nullptr && request_.body_bytes != 0U; }
    void add_header(const std::string& line);

    static std::size_t header_callback(char* text, std::size_t, std::size_t size, void* self) {
        return static_cast<Transfer*>(self)->on_header({text, size});
    }
    static std::size_t write_callback(char* text, std::size_t, std::size_t size, void* self) {
        return static_cast<Transfer*>(self)->on_body(cang::as_bytes(std::string_view(text, size)));
    }
    static std::size_t read_callback(char* text, std::size_t size, std::size_t count, void* self) {
        return static_cast<Transfer*>(self)->on_upload(std::as_writable_bytes(std::span(text, size * count)));
    }
    static int seek_callback(void* self, curl_off_t offset, int) {
        return static_cast<Transfer*>(self)->on_rewind(offset);
    }
    static curl_socket_t open_socket_callback(void* self, curlsocktype, curl_sockaddr* address) {
        return static_cast<Transfer*>(self)->on_open_socket(address);
    }
    static CURLcode tls_callback(CURL*, void*, void* self) {
        static_cast<Transfer*>(self)->on_tls_begins();
        return CURLE_OK;
    }

    Transfer& transfer_;
    const ClientRequest& request_;
};

void TransferSetup::set_basics() {
    // The largest receive buffer that libcurl takes: system calls per byte decide the cost of a large download. A HEAD
    // has no use for it.
    constexpr long kReceiveBytes = 512 * 1024;
    constexpr long kSmallBytes = 16 * 1024;
    const ClientOptions& options = transfer_.host_->options();
    set(CURLOPT_URL, transfer_.url_.text().c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_NOPROGRESS, 1L);
    set(CURLOPT_BUFFERSIZE, request_.method == Method::head ? kSmallBytes : kReceiveBytes);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_ERRORBUFFER, transfer_.error_text_.data());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
    if (!options.user_agent.empty())
        set(CURLOPT_USERAGENT, options.user_agent.c_str());
}

void TransferSetup::set_callbacks() {
    set(CURLOPT_PRIVATE, static_cast<void*>(&transfer_));
    set(CURLOPT_HEADERFUNCTION, &header_callback);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer_));
    set(CURLOPT_WRITEFUNCTION, &write_callback);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer_));
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket_callback);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer_));
    if (request_.trace != nullptr) {
        set(CURLOPT_SSL_CTX_FUNCTION, &tls_callback);
        set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&transfer_));
    }
}

void TransferSetup::set_method_and_body() {
    constexpr long kSendBytes = 512 * 1024;
    if (has_body()) {
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_UPLOAD_BUFFERSIZE, kSendBytes);
        set(CURLOPT_READFUNCTION, &read_callback);
        set(CURLOPT_READDATA, static_cast<void*>(&transfer_));
        set(CURLOPT_SEEKFUNCTION, &seek_callback);
        set(CURLOPT_SEEKDATA, static_cast<void*>(&transfer_));
        set(CURLOPT_INFILESIZE_LARGE,
            request_.body_bytes ? static_cast<curl_off_t>(*request_.body_bytes) : curl_off_t(-1));
    } else if (request_.method == Method::post || request_.method == Method::put || request_.method == Method::patch) {
        set(CURLOPT_POSTFIELDS, ""); // states Content-Length: 0
        set(CURLOPT_POSTFIELDSIZE, 0L);
    }
    if (request_.method == Method::head)
        set(CURLOPT_NOBODY, 1L);
    else if (request_.method != Method::get || has_body())
        set(CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
}

void TransferSetup::add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(transfer_.header_list_, line.c_str());
    if (longer == nullptr)
        throw std::bad_alloc();
    transfer_.header_list_ = longer;
}

void TransferSetup::set_headers() {
    // No "Expect: 100-continue": a server that ignores it costs a second for each upload.
    add_header("Expect:");
    if (!request_.headers.has("Content-Type"))
        add_header("Content-Type:");
    if (!request_.headers.has("Accept"))
        add_header("Accept: */*");
    for (const auto& [name, value] : request_.headers)
        add_header(value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
    set(CURLOPT_HTTPHEADER, transfer_.header_list_);
}

// Where to connect: a unix socket, a proxy, or the host itself. The choice is ours, not libcurl's, since the policy on
// addresses is not for the proxy's own.
void TransferSetup::set_route() {
    auto variable = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value == nullptr ? "" : value;
    };
    std::string proxy;
    if (request_.unix_socket.empty())
        proxy = choose_proxy(transfer_.url_, transfer_.host_->options().proxy, variable);
    else
        set(CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
    transfer_.by_proxy_ = !proxy.empty();
    set(CURLOPT_PROXY, proxy.c_str());
    set(CURLOPT_NOPROXY, "");
}

void TransferSetup::set_tls() {
    const TlsOptions& tls = request_.tls;
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
    if (!tls.ca_file.empty())
        set(CURLOPT_CAINFO, tls.ca_file.c_str()); // the system's directory (CURLOPT_CAPATH) stays in force
    if (!tls.ca_pem.empty()) {
        curl_blob blob{const_cast<char*>(tls.ca_pem.data()), tls.ca_pem.size(), CURL_BLOB_COPY};
        set(CURLOPT_CAINFO_BLOB, &blob);
    }
    if (!tls.client_cert.empty())
        set(CURLOPT_SSLCERT, tls.client_cert.c_str());
    if (!tls.client_key.empty())
        set(CURLOPT_SSLKEY, tls.client_key.c_str());
}

Transfer::Transfer(std::shared_ptr<TransferHost> host, const ClientRequest& request, Url url)
    : host_(std::move(host)), url_(std::move(url)), easy_(curl_easy_init()),
      wake_(host_->executor(), asio::steady_timer::time_point::max()), trace_(request.trace) {
    if (easy_ == nullptr)
        throw std::bad_alloc();
    struct Cleanup {
        Transfer* transfer;
        ~Cleanup() {
            if (transfer != nullptr) {
                curl_easy_cleanup(transfer->easy_);
                curl_slist_free_all(transfer->header_list_);
            }
        }
    };
    Cleanup cleanup{this};
    if (request.body != nullptr && request.body_bytes != 0U) {
        constexpr std::uint64_t kUploadBufferBytes = 256 * 1024;
        upload_ = request.body;
        upload_left_ = request.body_bytes;
        upload_ended_ = false;
        upload_buffer_.resize(
            static_cast<std::size_t>(std::min(request.body_bytes.value_or(kUploadBufferBytes), kUploadBufferBytes)));
    }
    TransferSetup(*this, request).apply();
    cleanup.transfer = nullptr;
}

Transfer::~Transfer() {
    host_->detach(easy_);
    curl_easy_cleanup(easy_);
    curl_slist_free_all(header_list_);
}

Transfer* Transfer::of(CURL* easy) {
    char* self = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
    return reinterpret_cast<Transfer*>(self);
}

} // namespace cang::http
