#include "settings/bounded_yaml.hpp"

#include <fmt/format.h>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace cang::settings {

namespace {

// Reads the events without building anything and stops at the first limit.
class LimitCheck final : public YAML::EventHandler {
public:
    explicit LimitCheck(const YamlLimits& limits) : limits_(limits) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            throw YAML::ParserException(mark, "a second document begins here");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { count(mark); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        if (++aliases_ > limits_.aliases)
            throw YAML::ParserException(mark, fmt::format("more than {} aliases", limits_.aliases));
    }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override {
        count(mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        enter(mark);
    }
    void OnSequenceEnd() override { --depth_; }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
        enter(mark);
    }
    void OnMapEnd() override { --depth_; }

private:
    void count(const YAML::Mark& mark) {
        if (++nodes_ > limits_.nodes)
            throw YAML::ParserException(mark, fmt::format("more than {} values", limits_.nodes));
    }
    void enter(const YAML::Mark& mark) {
        count(mark);
        if (++depth_ > limits_.depth)
            throw YAML::ParserException(mark, fmt::format("nested deeper than {}", limits_.depth));
    }

    const YamlLimits& limits_;
    std::size_t nodes_ = 0;
    std::size_t depth_ = 0;
    std::size_t aliases_ = 0;
    std::size_t documents_ = 0;
};

YamlError error_at(const YAML::Exception& failure) {
    const auto& mark = failure.mark;
    if (mark.is_null())
        return {.reason = failure.msg};
    return {.line = static_cast<std::size_t>(mark.line) + 1,
            .column = static_cast<std::size_t>(mark.column) + 1,
            .position = static_cast<std::size_t>(mark.pos),
            .reason = failure.msg};
}

} // namespace

std::expected<YAML::Node, YamlError> parse_bounded_yaml(std::string_view text, const YamlLimits& limits) {
    if (text.size() > limits.bytes)
        return std::unexpected(
            YamlError{.position = limits.bytes, .reason = fmt::format("larger than {} bytes", limits.bytes)});
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        LimitCheck check(limits);
        while (parser.HandleNextDocument(check)) {
        }
        return YAML::Load(std::string(text));
    } catch (const YAML::Exception& failure) {
        return std::unexpected(error_at(failure));
    }
}

} // namespace cang::settings
