// Images as rows of lists, of all repositories and of one.
#pragma once

#include "api/v1/list_query.hpp"
#include "api/v1/routes.hpp"

#include <array>
#include <boost/json/object.hpp>

namespace cang::api::v1 {

inline constexpr std::array<SortChoice, 3> kImageSorts{SortChoice{"name", warehouse::Sort::name},
                                                       SortChoice{"updatedAt", warehouse::Sort::updated_at},
                                                       SortChoice{"size", warehouse::Sort::size}};

// ?platform=; nullopt when absent.
std::optional<oci::Platform> platform_query(const http::Request& request);

// For lists: what who asks may pull. Empty: everything.
awaitable<warehouse::Shows> shown_to(Context& context, const http::Request& request);

// Everything but the repository.
void add_image_row(boost::json::object& row, const warehouse::ImageEntry& image);

} // namespace cang::api::v1
