// Image configuration (image-spec config.md): what runs, on which platform, made of which layers.
#pragma once

#include "base/clock.hpp"
#include "base/oci/digest.hpp"
#include "base/oci/platform.hpp"

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
};

// Chain IDs of the layers, base first (image-spec config.md#layer-chainid).
std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids);

} // namespace cang::oci
