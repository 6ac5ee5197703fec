#include "docker/load_stream.hpp"

#include "base/error.hpp"
#include "docker/document.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cang::docker {

namespace {

constexpr std::string_view kLoadedTag = "Loaded image: ";
constexpr std::string_view kLoadedId = "Loaded image ID: ";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void throw_reported_error(const boost::json::object& message) {
    const auto* detail = object_at(message, "errorDetail");
    auto text = detail != nullptr ? text_at(*detail, "message") : std::string();
    if (text.empty())
        text = text_at(message, "error");
    if (!text.empty())
        throw Error(ErrorKind::internal, fmt::format("Docker Engine: {}", text));
}

} // namespace

LoadMessages::LoadMessages(LoadObserver observer) : observer_(std::move(observer)) {}

void LoadMessages::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto piece = bytes.substr(0, end);
        if (pending_.size() + piece.size() > longest_line)
            throw Error(ErrorKind::corrupt,
                        fmt::format("the Docker Engine sent a progress line longer than {} bytes", longest_line));
        pending_ += piece;
        if (end == std::string_view::npos)
            return;
        bytes.remove_prefix(end + 1);
        const auto line = std::exchange(pending_, {});
        take_line(line);
    }
}

void LoadMessages::finish() {
    const auto line = std::exchange(pending_, {});
    take_line(line);
}

void LoadMessages::take_line(std::string_view line) {
    line = trim(line);
    if (line.empty())
        return;
    const auto document = parse_document(line, "a progress line");
    const auto& message = require_object(document, "a progress line");
    throw_reported_error(message);
    const auto stream = text_at(message, "stream");
    for (const auto prefix : {kLoadedTag, kLoadedId})
        if (stream.starts_with(prefix) && loaded_.size() < most_loaded)
            loaded_.emplace_back(trim(std::string_view(stream).substr(prefix.size())));
    if (!observer_)
        return;
    LoadProgress progress;
    progress.id = text_at(message, "id");
    progress.status = text_at(message, "status");
    if (const auto* detail = object_at(message, "progressDetail")) {
        progress.current = number_at(*detail, "current");
        progress.total = number_at(*detail, "total");
    }
    if (!progress.status.empty())
        observer_(progress);
}

awaitable<std::vector<std::string>> read_load_stream(io::Reader& body, LoadObserver observer) {
    LoadMessages messages(std::move(observer));
    std::array<char, 16 * KiB> buffer{};
    while (true) {
        const auto length = co_await body.read(std::as_writable_bytes(std::span(buffer)));
        if (length == 0)
            break;
        messages.feed(std::string_view(buffer.data(), length));
    }
    messages.finish();
    co_return messages.loaded();
}

} // namespace cang::docker
