// The JSON messages of POST /images/load, one a line: progress, "Loaded image: …", or the error that ended it.
#pragma once

#include "async/awaitable.hpp"
#include "io/reader.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cang::docker {

struct LoadProgress {
    std::string id;            // short layer ID, empty for messages about the whole
    std::string status;        // "Loading layer"
    std::uint64_t current = 0; // bytes
    std::uint64_t total = 0;   // bytes, 0 when unknown
};

using LoadObserver = std::function<void(const LoadProgress&)>;

// Collects the messages as they arrive in arbitrary pieces. Pure.
class LoadMessages {
public:
    // A message is one line of a few hundred bytes; longer ones are no engine's.
    static constexpr std::size_t longest_line = 256 * KiB;
    // One line an image loaded.
    static constexpr std::size_t most_loaded = 10'000;

    explicit LoadMessages(LoadObserver observer = {});
    // Throws Error{internal} with Docker's message when the stream reports a failure, Error{corrupt} when it is no
    // message stream.
    void feed(std::string_view bytes);
    // End of the stream: takes a last line without its newline.
    void finish();
    // What the engine says it has: "app:1" or "sha256:…" for images without a tag.
    const std::vector<std::string>& loaded() const noexcept { return loaded_; }

private:
    void take_line(std::string_view line);

    LoadObserver observer_;
    std::string pending_;
    std::vector<std::string> loaded_;
};

awaitable<std::vector<std::string>> read_load_stream(io::Reader& body, LoadObserver observer);

} // namespace cang::docker
