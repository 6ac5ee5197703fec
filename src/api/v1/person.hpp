// What requests and answers about people and robots have in common.
#pragma once

#include "api/v1/routes.hpp"

namespace cang::api::v1 {

// Lists of names, by offset: `cursor` is one.
struct NamePage {
    store::NameOrder order = store::NameOrder::name;
    std::size_t limit = 0;
    std::size_t offset = 0;
    std::string next(std::size_t shown, std::uint64_t total) const; // the cursor; empty on the last page
};
NamePage name_page(const http::Request& request);
std::vector<Parameter> name_page_parameters();

boost::json::object document_of(const identity::User& user, std::uint64_t projects);
// Fields of bodies. Throw Error{invalid_argument}.
std::optional<bool> optional_flag(const boost::json::object& body, std::string_view name);
std::optional<Timestamp> optional_time(const boost::json::object& body, std::string_view name);
identity::Scopes scopes_field(const boost::json::object& body);
boost::json::value scopes_document(const std::string& stored);

} // namespace cang::api::v1
