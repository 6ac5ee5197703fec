// Image configuration (image-spec config.md): what runs, on which platform, made of which layers.
#pragma once

#include "base/clock.hpp"
#include "base/oci/digest.hpp"
#include "base/oci/platform.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace cang::oci {

struct HistoryEntry {
    std::string created;
    std::string created_by;
    std::string comment;
    bool empty_layer = false;
};

// What a running container is asked now and then; 0 means the engine's own default.
struct Healthcheck {
    std::vector<std::string> test; // {"CMD", …}, {"CMD-SHELL", line}, {"NONE"}
    std::chrono::nanoseconds interval{0};
    std::chrono::nanoseconds timeout{0};
    std::chrono::nanoseconds start_period{0};
    std::uint64_t retries = 0;
};

struct ImageConfig {
    static constexpr std::size_t max_bytes = 8 * 1024 * 1024;

    static std::expected<ImageConfig, ParseError> parse(std::string_view bytes);

    Platform platform;
    std::string created; // RFC 3339 as written, may be empty
    std::string author;
    std::vector<Digest> diff_ids; // digests of the uncompressed layers, base first
    std::vector<HistoryEntry> history;
    std::vector<std::string> env;
    std::vector<std::string> entrypoint;
    std::vector<std::string> command;
    std::vector<std::string> exposed_ports;
    std::vector<std::string> volumes;
    std::string working_directory;
    std::string user;
    std::map<std::string, std::string> labels;
    std::string stop_signal;
    std::optional<Healthcheck> healthcheck;
};

// For each of `layers` layers the history entry that made it, base first. All null when there are not as many entries
// that made a layer as layers: then nobody can tell which belong together. Refers to `history`.
std::vector<const HistoryEntry*> history_of_layers(const std::vector<HistoryEntry>& history, std::size_t layers);

// Chain IDs of the layers, base first (image-spec config.md#layer-chainid).
std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids);

} // namespace cang::oci
