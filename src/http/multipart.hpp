// multipart/form-data (RFC 7578, RFC 2046 §5.1.1) as it streams by. Pure: bytes go in, events come out, and however the
// bytes are cut, the events say the same. Nothing is kept but one part's header and what could be half a delimiter.
#pragma once

#include "base/error.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cang::http {

struct MultipartLimits {
    static constexpr std::size_t boundary = 70; // RFC 2046
    static constexpr std::size_t header = 8 * 1024;
    static constexpr std::size_t preamble = 64 * 1024;
    static constexpr std::size_t parts = 100;
};

// The boundary that a Content-Type of multipart/form-data names.
std::expected<std::string, ParseError> parse_multipart_boundary(std::string_view content_type);

// As the client says; a file name is a label, never a path.
struct MultipartPart {
    std::string name;
    std::optional<std::string> file_name; // given for files
};

class MultipartParser {
public:
    explicit MultipartParser(const std::string& boundary);

    enum class Event {
        need_input, // everything fed is used up
        part,       // part() is new
        data,       // data() belongs to it
        part_end,
        end, // nothing more comes, whatever is fed
    };
    // Only after need_input, or before the first next().
    void feed(std::string_view bytes);
    // After an error nothing more can be asked.
    std::expected<Event, ParseError> next();

    const MultipartPart& part() const noexcept { return part_; }
    std::string_view data() const noexcept { return data_; } // until the next call of anything

private:
    enum class State { preamble, delimiter, header, data, end };
    using Result = std::expected<Event, ParseError>;

    std::string_view rest() const { return std::string_view(buffer_).substr(position_); }
    void take(std::size_t bytes) { position_ += bytes, taken_ += bytes; }
    ParseError problem(std::string reason) const { return {std::move(reason), taken_}; }
    Result pass_data(bool shown);
    Result pass_delimiter();
    Result read_header();

    std::string delimiter_; // "\r\n--BOUNDARY"
    std::string buffer_;
    std::size_t position_ = 0; // of what is not used yet
    std::size_t taken_ = 0;    // of the stream, for messages
    std::size_t preamble_ = 0;
    std::size_t parts_ = 0;
    State state_ = State::preamble;
    MultipartPart part_;
    std::string_view data_;
};

} // namespace cang::http
