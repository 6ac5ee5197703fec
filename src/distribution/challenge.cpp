#include "distribution/challenge.hpp"

#include <algorithm>

namespace cang::distribution {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token_char(char c) {
    bool alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
    return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

// token68 of RFC 9110 §11.2, as in "Negotiate YII…"; nothing that we answer uses it.
bool is_token68_char(char c) { return is_token_char(c) || c == '/' || c == '=' || c == ':'; }

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::size_t position() const { return position_; }
    void seek(std::size_t position) { position_ = position; }
    bool at_end() const { return position_ == text_.size(); }
    bool at(char c) const { return !at_end() && text_[position_] == c; }
    bool take(char c) {
        if (!at(c))
            return false;
        ++position_;
        return true;
    }
    std::size_t skip_space() {
        return take_while([](char c) { return c == ' ' || c == '\t'; }).size();
    }
    void skip_commas() {
        take_while([](char c) { return c == ' ' || c == '\t' || c == ','; });
    }
    std::string take_token() {
        std::string token(take_while(is_token_char));
        std::ranges::transform(token, token.begin(), lower);
        return token;
    }
    void skip_token68() { take_while(is_token68_char); }

    std::expected<std::string, ParseError> take_value() {
        if (!at('"'))
            return std::string(take_while([](char c) { return c != ',' && c != ' ' && c != '\t' && c != '"'; }));
        std::size_t start = position_++;
        std::string value;
        while (!at_end() && !at('"')) {
            if (at('\\') && position_ + 1 < text_.size())
                ++position_;
            value.push_back(text_[position_++]);
        }
        if (!take('"'))
            return std::unexpected(ParseError{"a quoted value does not end", start});
        return value;
    }

private:
    template <typename Predicate>
    std::string_view take_while(Predicate wanted) {
        std::size_t start = position_;
        while (!at_end() && wanted(text_[position_]))
            ++position_;
        return text_.substr(start, position_ - start);
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

// "name = value" after the scheme or a comma; false, with nothing taken, when something else stands there.
std::expected<bool, ParseError> take_parameter(Scanner& scanner, Challenge& challenge) {
    std::size_t start = scanner.position();
    std::string name = scanner.take_token();
    scanner.skip_space();
    bool assigned = scanner.take('=');
    if (name.empty() || !assigned || scanner.at('=')) { // "abc==" is a token68
        scanner.seek(start);
        return false;
    }
    scanner.skip_space();
    auto value = scanner.take_value();
    if (!value)
        return std::unexpected(value.error());
    if (challenge.parameters.size() == ChallengeLimits::parameters)
        return std::unexpected(ParseError{"too many parameters", start});
    challenge.parameters.emplace(std::move(name), std::move(*value));
    return true;
}

std::expected<Challenge, ParseError> take_challenge(Scanner& scanner) {
    Challenge challenge;
    std::size_t start = scanner.position();
    challenge.scheme = scanner.take_token();
    if (challenge.scheme.empty())
        return std::unexpected(ParseError{"expected the name of an authentication scheme", start});
    if (scanner.skip_space() == 0)
        return challenge;
    auto first = take_parameter(scanner, challenge);
    if (!first)
        return std::unexpected(first.error());
    if (!*first) {
        scanner.skip_token68();
        return challenge;
    }
    while (true) {
        scanner.skip_space();
        if (!scanner.at(','))
            return challenge;
        std::size_t comma = scanner.position();
        scanner.skip_commas();
        auto next = take_parameter(scanner, challenge);
        if (!next)
            return std::unexpected(next.error());
        if (!*next) { // the next challenge, or the end
            scanner.seek(comma);
            return challenge;
        }
    }
}

} // namespace

std::string Challenge::parameter(const std::string& name) const {
    auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

std::expected<std::vector<Challenge>, ParseError> parse_challenges(std::string_view header) {
    if (header.size() > ChallengeLimits::bytes)
        return std::unexpected(ParseError{"too long", ChallengeLimits::bytes});
    std::vector<Challenge> challenges;
    Scanner scanner(header);
    scanner.skip_commas();
    while (!scanner.at_end()) {
        std::size_t start = scanner.position();
        if (challenges.size() == ChallengeLimits::challenges)
            return std::unexpected(ParseError{"too many challenges", start});
        auto challenge = take_challenge(scanner);
        if (!challenge)
            return std::unexpected(challenge.error());
        challenges.push_back(std::move(*challenge));
        scanner.skip_space();
        if (!scanner.at_end() && !scanner.at(','))
            return std::unexpected(ParseError{"expected a comma", scanner.position()});
        scanner.skip_commas();
    }
    return challenges;
}

} // namespace cang::distribution
