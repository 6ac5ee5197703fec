#include "http/message.hpp"

#include <algorithm>

namespace cang::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

// Reads one link-value after another; each take_* removes what it returns from the front of the text.
class LinkScanner {
public:
    explicit LinkScanner(std::string_view text) : text_(text) {}

    void skip_space() {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t'))
            text_.remove_prefix(1);
    }
    bool take(char c) {
        skip_space();
        if (text_.empty() || text_.front() != c)
            return false;
        text_.remove_prefix(1);
        return true;
    }
    std::optional<std::string_view> take_target() {
        if (!take('<'))
            return std::nullopt;
        auto end = text_.find('>');
        if (end == std::string_view::npos)
            return std::nullopt;
        auto target = text_.substr(0, end);
        text_.remove_prefix(end + 1);
        return target;
    }
    std::string_view take_name() {
        skip_space();
        return take_until("=;, \t");
    }
    std::optional<std::string> take_value() {
        skip_space();
        if (text_.empty() || text_.front() != '"')
            return std::string(take_until(";, \t"));
        text_.remove_prefix(1);
        std::string value;
        while (!text_.empty() && text_.front() != '"') {
            if (text_.front() == '\\' && text_.size() > 1)
                text_.remove_prefix(1);
            value.push_back(text_.front());
            text_.remove_prefix(1);
        }
        if (text_.empty())
            return std::nullopt;
        text_.remove_prefix(1);
        return value;
    }

private:
    std::string_view take_until(std::string_view stops) {
        auto taken = text_.substr(0, text_.find_first_of(stops));
        text_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view text_;
};

// rel="prev next" names several relations.
bool names_relation(std::string_view words, std::string_view relation) {
    while (!words.empty()) {
        auto word = words.substr(0, words.find(' '));
        if (same_word(word, relation))
            return true;
        words.remove_prefix(std::min(words.size(), word.size() + 1));
    }
    return false;
}

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

std::optional<std::string> parse_link(std::string_view header, std::string_view relation) {
    LinkScanner scanner(header);
    do {
        auto target = scanner.take_target();
        if (!target)
            return std::nullopt;
        bool wanted = false;
        bool relation_seen = false; // RFC 8288 §3.3: the first rel counts
        while (scanner.take(';')) {
            auto name = scanner.take_name();
            std::optional<std::string> value = "";
            if (scanner.take('='))
                value = scanner.take_value();
            if (!value)
                return std::nullopt;
            if (same_word(name, "rel") && !relation_seen) {
                relation_seen = true;
                wanted = names_relation(*value, relation);
            }
        }
        if (wanted)
            return std::string(*target);
    } while (scanner.take(','));
    return std::nullopt;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (char c : text) {
        if (is_unreserved(c)) {
            encoded.push_back(c);
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(digits[byte >> 4]);
        encoded.push_back(digits[byte & 15]);
    }
    return encoded;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size())
                return std::nullopt;
            int high = hex_value(text[i + 1]);
            int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return std::nullopt;
        decoded.push_back(c);
    }
    return decoded;
}

} // namespace cang::http
