#include "http/request_head.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

namespace cang::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Hands the fields to a RequestHead; bodies never pass through it.
class HeadParser final : public beast::http::basic_parser<true> {
public:
    explicit HeadParser(RequestHead& head) : head_(head) {}
    bool known_method() const { return known_method_; }
    bool too_many_fields() const { return too_many_fields_; }
    int version() const { return version_; }

private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                         error_code&) override {
        auto known = http::parse_method(view(method));
        known_method_ = known.has_value();
        head_.method = known.value_or(Method::get);
        head_.target = view(target);
        version_ = version;
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       error_code& error) override {
        if (head_.headers.size() == kMaxFields) {
            too_many_fields_ = true;
            error = beast::http::make_error_code(beast::http::error::header_limit);
            return;
        }
        head_.headers.add(std::string(view(name)), std::string(view(value)));
    }
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    RequestHead& head_;
    int version_ = 11;
    bool known_method_ = false;
    bool too_many_fields_ = false;
};

std::unexpected<HeadFault> refuse(int status, std::string_view reason) {
    return std::unexpected(HeadFault{status, reason});
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool valid_host(std::string_view host) {
    constexpr std::size_t kMaxHostBytes = 255 + 6; // a DNS name and a port
    return host.size() <= kMaxHostBytes && std::ranges::all_of(host, [](unsigned char c) {
               return std::isalnum(c) != 0 ||
                      std::string_view("-._:[]%").find(static_cast<char>(c)) != std::string_view::npos;
           });
}

// Whether a line begins with white space: obsolete line folding, which servers read in different ways.
bool is_folded(std::string_view head) {
    for (auto at = head.find('\n'); at != std::string_view::npos && at + 1 < head.size(); at = head.find('\n', at + 1))
        if (head[at + 1] == ' ' || head[at + 1] == '\t')
            return true;
    return false;
}

std::optional<HeadFault> check_framing(const RequestHead& head, bool beast_saw_chunks) {
    auto encodings = head.headers.get_all("Transfer-Encoding");
    if (!encodings.empty()) {
        if (!head.http_1_1 || head.headers.has("Content-Length"))
            return HeadFault{400, "Transfer-Encoding is not allowed here"};
        if (encodings.size() > 1 || !equals_ignoring_case(encodings.front(), "chunked") || !beast_saw_chunks)
            return HeadFault{501, "the only transfer coding here is chunked"};
    }
    auto lengths = head.headers.get_all("Content-Length");
    auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (lengths.size() > 1 || (lengths.size() == 1 && !std::ranges::all_of(lengths.front(), is_digit)))
        return HeadFault{400, "Content-Length is malformed"};
    return std::nullopt;
}

} // namespace

bool starts_like_no_request(std::string_view bytes) {
    auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\r' && c != '\n') || c >= 0x7f; };
    return !bytes.empty() && is_control(static_cast<unsigned char>(bytes.front()));
}

std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t& searched) {
    auto start = searched > 3 ? searched - 3 : 0;
    auto end = bytes.find("\r\n\r\n", start);
    searched = bytes.size();
    if (end == std::string_view::npos)
        return std::nullopt;
    return end + 4;
}

std::expected<RequestHead, HeadFault> parse_request_head(std::string_view bytes) {
    RequestHead head;
    if (is_folded(bytes))
        return refuse(400, "a header line is folded");
    HeadParser parser(head);
    parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
    parser.body_limit(boost::none);
    error_code error;
    parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (parser.too_many_fields())
        return refuse(431, "the request has too many header fields");
    if (error == beast::http::error::bad_version)
        return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (error || !parser.is_header_done())
        return refuse(400, "the request is malformed");
    if (!parser.known_method())
        return refuse(501, "the method is unknown");
    head.http_1_1 = parser.version() == 11;
    if (auto fault = check_framing(head, parser.chunked()))
        return std::unexpected(*fault);
    auto hosts = head.headers.get_all("Host");
    if (hosts.size() > 1 || (hosts.empty() && head.http_1_1) || (!hosts.empty() && !valid_host(hosts.front())))
        return refuse(400, "the Host header is missing or malformed");
    head.chunked = parser.chunked();
    if (auto length = parser.content_length())
        head.content_length = *length;
    head.keep_alive = parser.keep_alive();
    if (auto expectation = head.headers.get("Expect"); !expectation.empty() && head.http_1_1) {
        if (!equals_ignoring_case(expectation, "100-continue"))
            return refuse(417, "the only expectation here is 100-continue");
        head.expects_continue = true;
    }
    return head;
}

} // namespace cang::http
