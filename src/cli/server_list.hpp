// Lists of a server as tables, a page at a time, and single documents as "Name: value" lines.
#pragma once

#include "cli/command.hpp"

#include <boost/json/object.hpp>
#include <utility>

namespace cang::cli {

// Which page of a list of names.
struct ListOptions {
    std::string search;
    std::string sort;
    std::string cursor;
    std::uint64_t limit = 50;
};
void add_list_options(OptionBuilder& builder, ListOptions& options);
std::string list_path(const std::string& path, const ListOptions& options);

// Empty values are left out.
using Query = std::vector<std::pair<std::string_view, std::string>>;
std::string with_query(std::string path, const Query& query);

struct Column {
    std::string_view heading;
    std::string (*text)(const boost::json::object& item); // printable; empty is shown as "-"
};

// A column is as wide as its widest text; the last one may hold any text. With --json the page as it is. `none` says
// that there are none.
void print_list(const Session& session, const boost::json::object& page, const std::vector<Column>& columns,
                std::string_view none);
// "more with --cursor …" where the page is not the last.
void note_next_page(const Session& session, const boost::json::object& page);

// Those without a value are left out.
std::string field_lines(const std::vector<std::pair<std::string_view, std::string>>& fields);

} // namespace cang::cli
