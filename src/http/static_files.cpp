#include "http/static_files.hpp"

#include "http/security_headers.hpp"
#include "io/codec.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::http {

namespace {

// A picture of this kind is a document to a browser, and may have styles of its own.
bool is_page(const StaticFile& file) {
    return file.content_type.starts_with("text/html") || file.content_type.starts_with("image/svg");
}

std::string_view trim(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "q=0", "q=0.0": what the client refuses.
bool is_refused(std::string_view parameters) {
    auto weight = trim(parameters);
    return weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string_view::npos;
}

// For the rare client that takes no gzip. A piece is quickly unpacked, so it needs no other thread.
class UnpackingReader final : public io::Reader {
public:
    explicit UnpackingReader(std::string_view packed) : rest_(as_bytes(packed)) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        std::size_t produced = 0;
        while (!done_ && produced == 0) {
            auto step = codec_->run(rest_, buffer, true);
            rest_ = rest_.subspan(step.consumed);
            produced = step.produced;
            done_ = step.done || (step.consumed == 0 && step.produced == 0);
        }
        co_return produced;
    }

private:
    std::unique_ptr<io::Codec> codec_ = io::gzip_inflater();
    ByteView rest_;
    bool done_ = false;
};

} // namespace

bool accepts_gzip(std::string_view accept_encoding) {
    bool by_wildcard = false;
    while (!accept_encoding.empty()) {
        auto comma = std::min(accept_encoding.find(','), accept_encoding.size());
        auto element = accept_encoding.substr(0, comma);
        accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
        auto semicolon = std::min(element.find(';'), element.size());
        auto coding = trim(element.substr(0, semicolon));
        bool refused = is_refused(element.substr(std::min(semicolon + 1, element.size())));
        if (coding == "gzip")
            return !refused;
        if (coding == "*")
            by_wildcard = !refused;
    }
    return by_wildcard;
}

const StaticFile* StaticFiles::find(std::string_view path) const {
    auto found = std::ranges::lower_bound(files_, path, {}, &StaticFile::path);
    return found != files_.end() && found->path == path ? &*found : nullptr;
}

Response StaticFiles::reply(const Request& request, const StaticFile& file) const {
    bool encoded = file.gzip && accepts_gzip(request.header("Accept-Encoding"));
    auto etag = fmt::format("\"{}{}\"", file.digest, encoded ? "-gzip" : "");
    Response response;
    response.headers.set("ETag", etag);
    response.headers.set("Cache-Control", file.hashed_name ? "public, max-age=31536000, immutable" : "no-cache");
    if (file.gzip)
        response.headers.set("Vary", "Accept-Encoding");
    if (not_modified(request, etag)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(file.content_type));
    if (is_page(file))
        response.headers.set("Content-Security-Policy", std::string(kPagePolicy));
    if (encoded)
        response.headers.set("Content-Encoding", "gzip");
    if (encoded || !file.gzip)
        response.body = StaticBody{file.bytes};
    else
        response.body = StreamBody{std::make_unique<UnpackingReader>(file.bytes), file.size};
    return response;
}

} // namespace cang::http
