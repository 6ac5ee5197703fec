// One connection to the database: runs statements and reads rows as C++ values. Not thread-safe; handed out by
// Database for the length of one closure.
//
// SQL is portable: it runs unchanged on SQLite and on PostgreSQL. Parameters are named (":digest"), each name is used
// once, and values are given in the order of the names. Statements are prepared once per connection and kept by their
// text, so the text must be a constant of the program, never built from values.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace cang::sql {

enum class Engine { sqlite, postgresql };

// A value given to or read from a statement. Columns are 64-bit integers or text; both may be null.
struct Cell {
    enum class Kind { integer, text };
    Kind kind = Kind::integer;
    bool null = false;
    std::int64_t integer = 0;
    std::string text;

    template <typename T>
    static Cell of(const T& value) {
        Cell cell;
        if constexpr (std::is_integral_v<T>) {
            cell.integer = static_cast<std::int64_t>(value);
        } else {
            cell.kind = Kind::text;
            cell.text = std::string_view(value);
        }
        return cell;
    }
    template <typename T>
    static Cell of(const std::optional<T>& value) {
        Cell cell = of(value ? *value : T{});
        cell.null = !value;
        return cell;
    }
};

template <typename T>
struct Column {
    static constexpr Cell::Kind kind = std::is_integral_v<T> ? Cell::Kind::integer : Cell::Kind::text;
    static T take(Cell& cell) {
        if constexpr (std::is_integral_v<T>)
            return cell.null ? T{} : static_cast<T>(cell.integer);
        else
            return cell.null ? T{} : std::move(cell.text);
    }
};
template <typename T>
struct Column<std::optional<T>> {
    static constexpr Cell::Kind kind = Column<T>::kind;
    static std::optional<T> take(Cell& cell) {
        return cell.null ? std::nullopt : std::optional<T>(Column<T>::take(cell));
    }
};

// One column is read as its value, several as a tuple.
template <typename... Columns>
struct RowOf {
    using type = std::tuple<Columns...>;
};
template <typename Only>
struct RowOf<Only> {
    using type = Only;
};
template <typename... Columns>
using Row = typename RowOf<Columns...>::type;

class Connection {
public:
    struct State; // what the engine needs; SOCI stays out of headers
    explicit Connection(std::unique_ptr<State> state);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Engine engine() const noexcept;
    // False after the server went away; the owner then opens another one.
    bool usable() const noexcept;

    // Returns how many rows changed.
    template <typename... Parameters>
    std::uint64_t execute(std::string_view statement, const Parameters&... parameters) {
        std::vector<Cell> given = cells_of(parameters...);
        return run(statement, given, {}, {});
    }

    // The row, when there is one. The statement must give at most one (a unique key, LIMIT 1 or RETURNING).
    template <typename... Columns, typename... Parameters>
    std::optional<Row<Columns...>> find(std::string_view query, const Parameters&... parameters) {
        std::optional<Row<Columns...>> found;
        each<Columns...>(query, [&found](Row<Columns...> row) { found = std::move(row); }, parameters...);
        return found;
    }

    template <typename... Columns, typename... Parameters>
    std::vector<Row<Columns...>> list(std::string_view query, const Parameters&... parameters) {
        std::vector<Row<Columns...>> rows;
        each<Columns...>(query, [&rows](Row<Columns...> row) { rows.push_back(std::move(row)); }, parameters...);
        return rows;
    }

    template <typename... Columns, typename Visit, typename... Parameters>
    void each(std::string_view query, Visit visit, const Parameters&... parameters) {
        static constexpr Cell::Kind kinds[] = {Column<Columns>::kind...};
        std::vector<Cell> given = cells_of(parameters...);
        run(query, given, kinds, [&visit](std::span<Cell> cells) {
            std::size_t next = 0;
            visit(Row<Columns...>{Column<Columns>::take(cells[next++])...}); // braces evaluate from left to right
        });
    }

    // A statement that is not worth keeping: schema changes, BEGIN, PRAGMA. No parameters, no rows.
    void execute_once(const std::string& statement);

private:
    using Visitor = std::function<void(std::span<Cell>)>;
    template <typename... Parameters>
    static std::vector<Cell> cells_of(const Parameters&... parameters) {
        std::vector<Cell> cells;
        cells.reserve(sizeof...(parameters));
        (cells.push_back(Cell::of(parameters)), ...);
        return cells;
    }
    std::uint64_t run(std::string_view statement, std::span<Cell> given, std::span<const Cell::Kind> columns,
                      const Visitor& visit);

    std::unique_ptr<State> state_;
};

} // namespace cang::sql
