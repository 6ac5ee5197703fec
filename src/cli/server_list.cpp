#include "cli/server_list.hpp"

#include "cli/document.hpp"
#include "http/message.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

using Line = std::vector<std::string>;

std::string joined(const Line& line, const std::vector<std::size_t>& widths) {
    std::string text;
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
        text += fmt::format("{:<{}}  ", line[i], widths[i]);
    return text + line.back();
}

} // namespace

void add_list_options(OptionBuilder& builder, ListOptions& options) {
    builder.option("--search", "TEXT", options.search, "Only those with this text in their names.");
    builder.option("--sort", "ORDER", options.sort, "name, createdAt; -name and -createdAt are the reverse.");
    builder.option("-n,--limit", "N", options.limit, 1, 500, "List at most so many; default 50.");
    builder.option("--cursor", "CURSOR", options.cursor, "Go on where the page before ended.");
}

std::string with_query(std::string path, const Query& query) {
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty())
            continue;
        path += fmt::format("{}{}={}", separator, name, http::percent_encode(value));
        separator = '&';
    }
    return path;
}

std::string list_path(const std::string& path, const ListOptions& options) {
    return with_query(path, {{"limit", std::to_string(options.limit)},
                             {"search", options.search},
                             {"sort", options.sort},
                             {"cursor", options.cursor}});
}

void print_list(const Session& session, const boost::json::object& page, const std::vector<Column>& columns,
                std::string_view none) {
    const auto& items = items_of(page);
    if (session.options.json)
        return session.print_json(page);
    if (items.empty())
        return session.note(none);
    std::vector<Line> lines(1);
    for (const auto& column : columns)
        lines.front().emplace_back(column.heading);
    for (const auto& item : items) {
        auto& line = lines.emplace_back();
        for (const auto& column : columns) {
            auto text = column.text(item.get_object());
            line.push_back(text.empty() ? "-" : std::move(text));
        }
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], line[i].size());
    for (const auto& line : lines)
        session.print(joined(line, widths));
    note_next_page(session, page);
}

void note_next_page(const Session& session, const boost::json::object& page) {
    if (auto next = text_of(page, "next"); !next.empty())
        session.note(fmt::format("more with --cursor {}", next));
}

std::string field_lines(const std::vector<std::pair<std::string_view, std::string>>& fields) {
    std::string lines;
    for (const auto& [name, value] : fields)
        if (!value.empty())
            lines += fmt::format("{}{:<14}{}", lines.empty() ? "" : "\n", fmt::format("{}:", name), value);
    return lines;
}

} // namespace cang::cli
