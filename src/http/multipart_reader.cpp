#include "http/multipart_reader.hpp"

#include <algorithm>

namespace cang::http {

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

std::string require_boundary(std::string_view content_type) {
    auto boundary = parse_multipart_boundary(content_type);
    if (!boundary)
        throw Error(ErrorKind::invalid_argument, boundary.error().reason);
    return *boundary;
}

} // namespace

MultipartReader::MultipartReader(io::Reader& body, std::string_view content_type)
    : body_(body), parser_(require_boundary(content_type)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(kBufferBytes)) {}

awaitable<MultipartParser::Event> MultipartReader::step() {
    for (;;) {
        auto event = parser_.next();
        if (!event)
            throw_invalid("the body", event.error());
        if (*event != MultipartParser::Event::need_input)
            co_return *event;
        MutableBytes room(buffer_.get(), kBufferBytes);
        auto length = co_await body_.read(room);
        if (length == 0)
            throw Error(ErrorKind::invalid_argument, "the body ends in the middle of a part");
        parser_.feed(as_text(room.first(length)));
    }
}

awaitable<std::optional<MultipartPart>> MultipartReader::next() {
    data_ = {};
    in_part_ = false;
    for (;;) {
        auto event = co_await step();
        if (event == MultipartParser::Event::end)
            co_return std::nullopt;
        if (event != MultipartParser::Event::part)
            continue;
        in_part_ = true;
        co_return parser_.part();
    }
}

awaitable<std::size_t> MultipartReader::read(MutableBytes buffer) {
    while (data_.empty()) {
        if (!in_part_)
            co_return 0;
        auto event = co_await step();
        if (event == MultipartParser::Event::data)
            data_ = parser_.data();
        else
            in_part_ = false;
    }
    auto length = std::min(buffer.size(), data_.size());
    std::ranges::copy(as_bytes(data_.substr(0, length)), buffer.begin());
    data_.remove_prefix(length);
    co_return length;
}

} // namespace cang::http
