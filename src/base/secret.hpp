// A value that never prints: formatting it gives "[secret]".
#pragma once

#include <fmt/format.h>
#include <string>

namespace cang {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    // The only way to the value; grep for it.
    const std::string& reveal() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }
    // Constant-time comparison.
    bool equals(std::string_view candidate) const noexcept;

private:
    std::string value_;
};

} // namespace cang

template <>
struct fmt::formatter<cang::Secret> : fmt::formatter<std::string_view> {
    auto format(const cang::Secret&, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format("[secret]", context);
    }
};
