#include "operation/operation.hpp"

#include <array>

namespace cang::operation {

namespace {

constexpr std::array<std::string_view, 6> kStates = {"pending", "running",   "succeeded",
                                                     "failed",  "cancelled", "interrupted"};
constexpr std::array<std::string_view, 4> kEventKinds = {"state", "progress", "log", "result"};

} // namespace

std::string_view to_string(State state) { return kStates.at(static_cast<std::size_t>(state)); }

std::optional<State> parse_state(std::string_view text) {
    for (std::size_t i = 0; i < kStates.size(); ++i)
        if (kStates[i] == text)
            return static_cast<State>(i);
    return std::nullopt;
}

bool is_final(State state) { return state != State::pending && state != State::running; }

std::string_view to_string(EventKind kind) { return kEventKinds.at(static_cast<std::size_t>(kind)); }

} // namespace cang::operation
