#include "http/loop_state.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace cang::http {

LoopState::LoopState() : id_prefix_(random_hex(4).substr(0, 7)) {}

std::string_view LoopState::date() {
    auto now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return date_;
}

std::string LoopState::next_request_id() {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string id = id_prefix_;
    auto number = requests_++;
    for (int shift = 28; shift >= 0; shift -= 4)
        id += kDigits[(number >> shift) & 15];
    return id;
}

} // namespace cang::http
