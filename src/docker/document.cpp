#include "docker/document.hpp"

#include "base/error.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace cang::docker {

boost::json::value parse_document(std::string_view text, std::string_view what) {
    boost::system::error_code failure;
    auto value = boost::json::parse(text, failure);
    if (failure)
        throw Error(ErrorKind::corrupt, fmt::format("the Docker Engine sent {} that is not JSON", what));
    return value;
}

awaitable<boost::json::value> read_document(io::Reader& body, std::string_view what) {
    const std::string text = co_await io::read_all(body, kLargestDocument);
    co_return parse_document(text, what);
}

const boost::json::object& require_object(const boost::json::value& value, std::string_view what) {
    if (const auto* object = value.if_object())
        return *object;
    throw Error(ErrorKind::corrupt, fmt::format("the Docker Engine sent {} that is not a JSON object", what));
}

std::string text_at(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

std::uint64_t number_at(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr)
        return 0;
    if (const auto* number = value->if_uint64())
        return *number;
    if (const auto* number = value->if_int64())
        return *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
    return 0;
}

std::vector<std::string> texts_at(const boost::json::object& object, std::string_view key) {
    std::vector<std::string> texts;
    const auto* value = object.if_contains(key);
    const auto* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr)
        return texts;
    for (const auto& item : *array)
        if (const auto* text = item.if_string())
            texts.emplace_back(*text);
    return texts;
}

const boost::json::object* object_at(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}

} // namespace cang::docker
