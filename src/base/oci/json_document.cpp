#include "base/oci/json_document.hpp"

#include "base/oci/foreign_text.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <fmt/format.h>

namespace cang::oci {

namespace json = boost::json;

namespace {

// Builds the tree as json::parser does, and notices keys that are given twice, which json::parser lets pass.
class TreeHandler {
public:
    static constexpr std::size_t max_object_size = 65'536; // far above what a manifest or config holds
    static constexpr std::size_t max_array_size = 65'536;
    static constexpr std::size_t max_key_size = 64 * 1024;
    static constexpr std::size_t max_string_size = 8 * 1024 * 1024;

    using Status = json::error_code;

    TreeHandler() { stack_.reset(); }

    bool on_document_begin(Status&) { return true; }
    bool on_document_end(Status&) { return true; }
    bool on_object_begin(Status&) {
        starts_.push_back(keys_.size());
        return true;
    }
    bool on_object_end(std::size_t count, Status& status) {
        stack_.push_object(count);
        auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
        std::sort(begin, keys_.end());
        auto twice = std::adjacent_find(begin, keys_.end());
        if (twice != keys_.end()) {
            repeated_ = *twice;
            status = json::make_error_code(json::error::exception);
            return false;
        }
        keys_.erase(begin, keys_.end());
        starts_.pop_back();
        return true;
    }
    bool on_array_begin(Status&) { return true; }
    bool on_array_end(std::size_t count, Status&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, Status&) {
        key_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Status&) {
        key_.append(part.data(), part.size());
        keys_.push_back(std::exchange(key_, {}));
        stack_.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, Status&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, Status&) {
        stack_.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, Status&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, Status&) {
        stack_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view, Status&) {
        stack_.push_uint64(number);
        return true;
    }
    // Boost.JSON reads 1e400 as infinity and 0e400 as no number, which no JSON text can say when it is written again.
    bool on_double(double number, json::string_view, Status& status) {
        if (!std::isfinite(number)) {
            status = json::make_error_code(json::error::not_exact);
            return false;
        }
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool value, Status&) {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(Status&) {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, Status&) { return true; }
    bool on_comment(json::string_view, Status&) { return true; }

    json::value release() { return stack_.release(); }
    const std::string& repeated() const noexcept { return repeated_; }

private:
    json::value_stack stack_;
    std::string key_;
    std::vector<std::string> keys_;   // of all objects that are open, outermost first
    std::vector<std::size_t> starts_; // where in keys_ each open object begins
    std::string repeated_;
};

std::string reason_of(const json::error_code& status, const TreeHandler& handler, std::size_t max_depth,
                      std::size_t position) {
    if (!handler.repeated().empty() || status == json::error::exception)
        return fmt::format("the key {} is given twice", show_foreign(handler.repeated()));
    if (status == json::error::too_deep)
        return fmt::format("the JSON is nested deeper than {} levels", max_depth);
    if (status == json::error::object_too_large || status == json::error::array_too_large ||
        status == json::error::key_too_large || status == json::error::string_too_large)
        return fmt::format("the JSON has too many elements or too long a text at byte {}", position);
    if (status == json::error::not_exact)
        return fmt::format("a number is out of range at byte {}", position);
    if (status == json::error::incomplete)
        return "the JSON ends in the middle";
    return fmt::format("it is not JSON: {} at byte {}", status.message(), position);
}

} // namespace

std::expected<json::object, ParseError> parse_json_object(std::string_view bytes, std::size_t max_depth) {
    json::parse_options options;
    options.max_depth = max_depth;
    json::basic_parser<TreeHandler> parser(options);
    json::error_code status;
    std::size_t position = parser.write_some(false, bytes.data(), bytes.size(), status);
    if (status)
        return std::unexpected(ParseError{reason_of(status, parser.handler(), max_depth, position), position});
    if (auto rest = bytes.find_first_not_of(" \t\r\n", position); rest != std::string_view::npos)
        return std::unexpected(ParseError{fmt::format("something follows the JSON at byte {}", rest), rest});
    auto tree = parser.handler().release();
    if (!tree.is_object())
        return std::unexpected(ParseError{"it is not a JSON object", 0});
    return std::move(tree.get_object());
}

const json::value* JsonScope::find(std::string_view key) const {
    const json::value* value = object_->if_contains(json::string_view(key.data(), key.size()));
    return value != nullptr && value->is_null() ? nullptr : value;
}

std::string JsonScope::name(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void JsonScope::note(std::string_view key, std::string_view reason) const {
    problem_->note(fmt::format("{} {}", name(key), reason));
}

std::string JsonScope::text(std::string_view key) const {
    const json::value* value = find(key);
    if (value == nullptr)
        return {};
    if (value->is_string())
        return std::string(value->get_string().data(), value->get_string().size());
    note(key, "is not a string");
    return {};
}

std::string JsonScope::required_text(std::string_view key) const {
    if (find(key) == nullptr)
        note(key, "is missing");
    auto value = text(key);
    if (value.empty())
        note(key, "is empty");
    return value;
}

bool JsonScope::flag(std::string_view key) const {
    const json::value* value = find(key);
    if (value != nullptr && !value->is_bool())
        note(key, "is not true or false");
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::uint64_t JsonScope::required_number(std::string_view key) const {
    constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;
    const json::value* value = find(key);
    if (value == nullptr)
        note(key, "is missing");
    else if (!value->is_number())
        note(key, "is not a number");
    else if ((value->is_int64() && value->get_int64() < 0) || (value->is_double() && value->get_double() < 0))
        note(key, "is negative");
    else if (value->to_number<double>() > static_cast<double>(largest))
        note(key, "is larger than 2^53 - 1");
    else if (value->is_double())
        note(key, "is not a whole number");
    else
        return value->to_number<std::uint64_t>();
    return 0;
}

std::vector<std::string> JsonScope::texts(std::string_view key) const {
    std::vector<std::string> result;
    for_each_element(key, SIZE_MAX, [&](const json::value& value, const std::string& path) {
        if (value.is_string())
            result.emplace_back(value.get_string().data(), value.get_string().size());
        else
            problem_->note(path + " is not a string");
    });
    return result;
}

std::map<std::string, std::string> JsonScope::text_map(std::string_view key) const {
    std::map<std::string, std::string> result;
    const json::value* value = find(key);
    if (value == nullptr)
        return result;
    if (!value->is_object()) {
        note(key, "is not an object");
        return result;
    }
    for (const auto& [entry, text] : value->get_object()) {
        if (text.is_string())
            result.emplace(std::string(entry.data(), entry.size()),
                           std::string(text.get_string().data(), text.get_string().size()));
        else
            problem_->note(
                fmt::format("{}[{}] is not a string", name(key), show_foreign({entry.data(), entry.size()})));
    }
    return result;
}

std::vector<std::string> JsonScope::keys(std::string_view key) const {
    std::vector<std::string> result;
    const json::value* value = find(key);
    if (value == nullptr)
        return result;
    if (!value->is_object()) {
        note(key, "is not an object");
        return result;
    }
    for (const auto& entry : value->get_object())
        result.emplace_back(entry.key().data(), entry.key().size());
    return result;
}

void JsonScope::with_object(std::string_view key, const std::function<void(const JsonScope&)>& read) const {
    const json::value* value = find(key);
    if (value == nullptr)
        return;
    if (value->is_object())
        read(JsonScope(value->get_object(), name(key), *problem_));
    else
        note(key, "is not an object");
}

void JsonScope::for_each_element(std::string_view key, std::size_t limit,
                                 const std::function<void(const json::value&, std::string path)>& read) const {
    const json::value* value = find(key);
    if (value == nullptr)
        return;
    if (!value->is_array())
        return note(key, "is not an array");
    if (value->get_array().size() > limit)
        return note(key, fmt::format("has more than {} elements", limit));
    std::size_t index = 0;
    for (const auto& element : value->get_array()) {
        if (problem_->found())
            return;
        read(element, fmt::format("{}[{}]", name(key), index++));
    }
}

} // namespace cang::oci
