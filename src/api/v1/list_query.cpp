#include "api/v1/list_query.hpp"

#include "api/v1/input.hpp"
#include "base/oci/reference.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::uint64_t kMaxOffset = 1'000'000'000;

std::vector<std::string> names_of(std::span<const SortChoice> choices) {
    std::vector<std::string> names;
    for (const auto& choice : choices) {
        names.emplace_back(choice.name);
        names.push_back(fmt::format("-{}", choice.name));
    }
    return names;
}

} // namespace

warehouse::PageRequest page_request(const http::Request& request, std::span<const SortChoice> choices) {
    auto names = names_of(choices);
    std::vector<std::string_view> views(names.begin(), names.end());
    auto sort = choice_query(request, "sort", views);
    auto page = page_query(request);
    warehouse::PageRequest wanted;
    wanted.limit = page.limit;
    wanted.descending = sort.starts_with('-');
    sort.remove_prefix(wanted.descending ? 1 : 0);
    wanted.sort = std::ranges::find(choices, sort, &SortChoice::name)->sort;
    auto offset = number_query(request, "offset", kMaxOffset);
    if (offset && !page.cursor.empty())
        throw Error(ErrorKind::invalid_argument, "give an offset or a cursor, not both");
    wanted.offset = static_cast<std::size_t>(offset.value_or(0));
    if (!page.cursor.empty())
        wanted.after = parse_cursor(page.cursor);
    return wanted;
}

std::string cursor_of(const std::optional<warehouse::Position>& position) {
    return position ? fmt::format("{}:{}:{}", position->key, position->repository, position->tag) : std::string();
}

warehouse::Position parse_cursor(std::string_view text) {
    warehouse::Position position;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), position.key);
    auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    auto colon = rest.empty() ? rest.npos : rest.find(':', 1);
    if (failure == std::errc() && rest.starts_with(':') && colon != rest.npos) {
        position.repository = rest.substr(1, colon - 1);
        position.tag = rest.substr(colon + 1);
    }
    if (!oci::is_valid_repository(position.repository) || !(position.tag.empty() || oci::is_valid_tag(position.tag)))
        throw Error(ErrorKind::invalid_argument, "cursor is not one that a page gave");
    return position;
}

Parameter search_parameter(std::string_view description) {
    return {"search", fmt::format(R"({{"type":"string","maxLength":{}}})", kMaxText), std::string(description)};
}

Parameter sort_parameter(std::span<const SortChoice> choices) {
    auto names = names_of(choices);
    return {
        "sort",
        fmt::format(R"({{"type":"string","enum":["{}"],"default":"{}"}})", fmt::join(names, R"(",")"), names.front()),
        "What to sort by; with a minus in front, from the largest to the smallest"};
}

Parameter offset_parameter() {
    return {"offset", fmt::format(R"({{"type":"integer","minimum":0,"maximum":{}}})", kMaxOffset),
            "How many entries to leave out, instead of a cursor"};
}

std::vector<Parameter> list_parameters(std::vector<Parameter> own) {
    for (auto& parameter : page_parameters())
        own.push_back(std::move(parameter));
    return own;
}

} // namespace cang::api::v1
