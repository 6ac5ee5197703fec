#include "content/ingest_id.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <algorithm>

namespace cang::content {

namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongest = 64;
constexpr std::size_t kNewBytes = 16;

} // namespace

std::string new_ingest_id() { return random_hex(kNewBytes); }

bool is_ingest_id(std::string_view id) {
    auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return id.size() >= kShortest && id.size() <= kLongest && std::ranges::all_of(id, is_hex);
}

void require_ingest_id(std::string_view id) {
    if (!is_ingest_id(id))
        throw Error(ErrorKind::invalid_argument, "an upload id is 8 to 64 lower-case hexadecimal digits");
}

} // namespace cang::content
