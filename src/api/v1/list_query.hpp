// What lists of the warehouse's things are asked for: sort, page, cursor.
#pragma once

#include "api/v1/endpoint.hpp"
#include "image/places/warehouse/lists.hpp"

namespace cang::api::v1 {

// One value of ?sort=; the same with a minus sorts in descending order.
struct SortChoice {
    std::string_view name;
    warehouse::Sort sort;
};

// ?sort= (the first of `choices` when absent), ?limit=, ?cursor= and ?offset=, of the last two only one.
warehouse::PageRequest page_request(const http::Request& request, std::span<const SortChoice> choices);

// Opaque to clients.
std::string cursor_of(const std::optional<warehouse::Position>& position); // empty: the last page
// Throws Error{invalid_argument}.
warehouse::Position parse_cursor(std::string_view text);

// How it is documented.
Parameter search_parameter(std::string_view description);
Parameter sort_parameter(std::span<const SortChoice> choices);
Parameter offset_parameter();
std::vector<Parameter> list_parameters(std::vector<Parameter> own); // and those of every list

} // namespace cang::api::v1
