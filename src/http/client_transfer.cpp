#include "http/client_transfer.hpp"

#include "base/error.hpp"
#include "http/client_error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>

namespace cang::http {

namespace {

// Receiving pauses at the first mark and goes on at the second. libcurl may deliver one more receive buffer
// (512 KiB) after a pause, so that a transfer holds at most about 1 MiB.
constexpr std::size_t kPauseBytes = 512 * 1024;
constexpr std::size_t kResumeBytes = 256 * 1024;

// An IPv4 address inside IPv6 is shown as the IPv4 one, so that a guard sees one spelling of it.
std::string numeric_address(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    } else if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6))
            inet_ntop(AF_INET, &v6.s6_addr[12], text.data(), text.size());
        else
            inet_ntop(AF_INET6, &v6, text.data(), text.size());
    }
    return text.data();
}

std::string_view trim(std::string_view text) {
    auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

// A field that a well-behaved server cannot send is left out rather than trusted.
void add_field(Fields& fields, std::string_view line) {
    auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return;
    std::string_view name = line.substr(0, colon);
    std::string_view value = trim(line.substr(colon + 1));
    bool plain_name = std::ranges::none_of(
        name, [](char c) { return c <= ' ' || c >= 127 || std::strchr("\"(),/;<=>?@[\\]{}", c) != nullptr; });
    bool plain_value = value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
    if (plain_name && plain_value)
        fields.add(std::string(name), std::string(value));
}

} // namespace

OutgoingTarget target_of(const ClientOptions& options, const Url& url) {
    return {.host = url.host(), .named = !options.named_peer.empty() && options.named_peer == url.host_and_port()};
}

std::size_t Transfer::on_header(std::string_view line) {
    if (headers_done_) // trailers of a chunked body
        return line.size();
    if (line.starts_with("HTTP/")) {
        header_block_.clear();
        header_lines_ = 0;
    }
    if (header_block_.size() + line.size() > kMaxHeaderBytes || header_lines_ > kMaxHeaderFields) {
        headers_too_large_ = true;
        return 0;
    }
    header_block_.append(line);
    ++header_lines_;
    if (!trim(line).empty())
        return line.size();
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200) {
        status_ = static_cast<int>(status);
        headers_done_ = true;
        wake();
    }
    return line.size();
}

std::size_t Transfer::on_body(ByteView bytes) {
    std::size_t direct = std::min(bytes.size(), direct_.size() - direct_filled_);
    if (direct != 0) {
        std::memcpy(direct_.data() + direct_filled_, bytes.data(), direct);
        direct_filled_ += direct;
        wake();
    }
    buffer_.insert(buffer_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(direct), bytes.end());
    if (buffered() >= kPauseBytes)
        pause_receiving();
    return bytes.size();
}

std::size_t Transfer::on_upload(MutableBytes buffer) {
    std::size_t available = upload_end_ - upload_begin_;
    if (available == 0) {
        if (upload_ended_)
            return 0;
        paused_ |= CURLPAUSE_SEND;
        wake();
        return CURL_READFUNC_PAUSE;
    }
    std::size_t taken = std::min(available, buffer.size());
    std::memcpy(buffer.data(), upload_buffer_.data() + upload_begin_, taken);
    upload_begin_ += taken;
    if (upload_begin_ == upload_end_)
        wake();
    return taken;
}

// A kept connection may turn out to be dead on its first bytes; libcurl then starts over, which works as long as the
// body's first chunk is still here.
int Transfer::on_rewind(curl_off_t offset) {
    if (offset != 0 || upload_chunks_ > 1)
        return CURL_SEEKFUNC_CANTSEEK;
    upload_begin_ = 0;
    return CURL_SEEKFUNC_OK;
}

curl_socket_t Transfer::on_open_socket(curl_sockaddr* address) {
    if (trace_ != nullptr)
        tried_address_ = numeric_address(address->addr);
    if (auto refusal = find_refusal(*address)) {
        refusal_ = std::move(*refusal);
        return CURL_SOCKET_BAD; // libcurl goes on with the next address
    }
    tried_ = true;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::optional<std::string> Transfer::find_refusal(const curl_sockaddr& peer) const {
    const auto& options = host_->options();
    if (!options.policy || by_proxy_ || peer.family == AF_UNIX)
        return std::nullopt;
    auto address = IpAddress::of(peer.addr);
    if (!address)
        return "the server connects to IPv4 and IPv6 addresses only";
    return options.policy->find_refusal(target_of(options, url_), *address);
}

void Transfer::pause_receiving() {
    if ((paused_ & CURLPAUSE_RECV) != 0)
        return;
    paused_ |= CURLPAUSE_RECV;
    curl_easy_pause(easy_, paused_);
}

void Transfer::resume(int direction) {
    if ((paused_ & direction) == 0)
        return;
    paused_ &= ~direction;
    curl_easy_pause(easy_, paused_);
}

void Transfer::finish(CURLcode result) {
    done_ = true;
    result_ = result;
    wake();
}

awaitable<void> Transfer::wait() {
    auto token = asio::as_tuple(asio::use_awaitable);
    co_await wake_.async_wait(token);
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw Error(ErrorKind::cancelled, "cancelled");
}

bool Transfer::upload_wants_bytes() const { return !upload_ended_ && upload_begin_ == upload_end_; }

// A response that refuses the request may come before the body is sent; any other one is only believed afterwards,
// because the caller's body must not be read once send() has returned.
bool Transfer::may_return() const {
    if (done_)
        return true;
    return headers_done_ && (status_ >= 400 || (upload_ended_ && upload_begin_ == upload_end_));
}

awaitable<void> Transfer::supply_upload() {
    MutableBytes space(upload_buffer_);
    if (upload_left_)
        space = space.first(static_cast<std::size_t>(std::min<std::uint64_t>(*upload_left_, space.size())));
    std::size_t count = co_await upload_->read(space);
    if (count == 0 && upload_left_)
        throw Error(ErrorKind::corrupt,
                    fmt::format("the body to send to {} ended {} bytes early", url_.authority(), *upload_left_));
    if (upload_left_)
        *upload_left_ -= count;
    upload_begin_ = 0;
    upload_end_ = count;
    ++upload_chunks_;
    upload_ended_ = count == 0 || upload_left_ == 0U;
    resume(CURLPAUSE_SEND);
}

awaitable<void> Transfer::send_and_receive_headers() {
    if (trace_ != nullptr)
        *trace_ = {};
    begun_ = std::chrono::steady_clock::now();
    host_->attach(easy_);
    struct Traced {
        Transfer& transfer;
        ~Traced() { transfer.write_trace(); }
    };
    Traced traced{*this}; // also when the caller gives up
    while (!may_return()) {
        if (upload_wants_bytes())
            co_await supply_upload();
        else
            co_await wait();
    }
    if (!headers_done_)
        throw_failure();
    upload_ = nullptr;
}

std::size_t Transfer::take_buffered(MutableBytes target) {
    std::size_t count = std::min(buffered(), target.size());
    std::memcpy(target.data(), buffer_.data() + buffer_begin_, count);
    buffer_begin_ += count;
    if (buffer_begin_ == buffer_.size()) {
        buffer_.clear();
        buffer_begin_ = 0;
    }
    return count;
}

awaitable<std::size_t> Transfer::read(MutableBytes target) {
    if (buffered() != 0) {
        std::size_t count = take_buffered(target);
        if (buffered() < kResumeBytes && !done_)
            resume(CURLPAUSE_RECV);
        co_return count;
    }
    struct Direct {
        Transfer& transfer;
        ~Direct() { transfer.direct_ = {}, transfer.direct_filled_ = 0; }
    };
    Direct guard{*this};
    direct_ = target;
    if (!done_)
        resume(CURLPAUSE_RECV);
    while (direct_filled_ == 0 && !done_)
        co_await wait();
    if (direct_filled_ == 0 && result_ != CURLE_OK)
        throw_failure();
    co_return direct_filled_;
}

Fields Transfer::take_headers() {
    Fields fields;
    std::string_view rest = header_block_;
    while (!rest.empty()) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (!line.starts_with("HTTP/"))
            add_field(fields, trim(line));
    }
    header_block_.clear();
    return fields;
}

// libcurl tells of the connection only when TLS is up as well.
void Transfer::on_tls_begins() {
    if (trace_ != nullptr)
        trace_->connected = std::chrono::ceil<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_);
}

void Transfer::write_trace() {
    if (trace_ == nullptr)
        return;
    auto since_start = [this](CURLINFO moment) {
        curl_off_t time = 0;
        curl_easy_getinfo(easy_, moment, &time);
        return std::chrono::microseconds(time);
    };
    trace_->resolved = since_start(CURLINFO_NAMELOOKUP_TIME_T);
    if (trace_->connected.count() == 0)
        trace_->connected = since_start(CURLINFO_CONNECT_TIME_T);
    trace_->secured = since_start(CURLINFO_APPCONNECT_TIME_T);
    trace_->address = tried_address_;
    long os_error = 0;
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
    trace_->os_error = static_cast<int>(os_error);
    curl_easy_getinfo(easy_, CURLINFO_SSL_VERIFYRESULT, &trace_->certificate_error);
    trace_ = nullptr;
}

void Transfer::throw_failure() const {
    if (headers_too_large_)
        throw Error(ErrorKind::corrupt, fmt::format("{} sent too many or too long header fields", url_.authority()));
    TransferFailure failure;
    failure.result = result_;
    failure.authority = url_.authority();
    failure.detail = error_text_.data();
    failure.refusal = tried_ ? std::string() : refusal_;
    failure.options = &host_->options();
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &failure.os_error);
    curl_off_t connected = 0;
    curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
    failure.connected = connected != 0;
    throw transfer_error(failure);
}

} // namespace cang::http
