#include "cli/document.hpp"

#include "base/error.hpp"
#include "cli/printable.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace cang::cli {

std::string text_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    return value != nullptr && value->is_string() ? printable(std::string_view(value->get_string())) : std::string();
}

std::optional<std::uint64_t> number_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    boost::system::error_code failure;
    if (value == nullptr)
        return std::nullopt;
    auto number = value->to_number<std::uint64_t>(failure);
    return failure ? std::nullopt : std::optional(number);
}

bool flag_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::string exact_text_of(const boost::json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    if (value == nullptr || !value->is_string())
        throw Error(ErrorKind::unsupported, "the server's answer is not one of this API; is it a cang server?");
    return std::string(value->get_string());
}

const boost::json::array& items_of(const boost::json::object& page) {
    const auto* items = page.if_contains("items");
    bool list = items != nullptr && items->is_array() &&
                std::ranges::all_of(items->get_array(), [](const auto& item) { return item.is_object(); });
    if (!list)
        throw Error(ErrorKind::unsupported, "the server's answer is not a list; is it a cang server?");
    return items->get_array();
}

} // namespace cang::cli
