#include "api/v1/person.hpp"

#include "api/v1/input.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::array<std::string_view, 4> kOrders{"name", "-name", "createdAt", "-createdAt"};

} // namespace

std::string NamePage::next(std::size_t shown, std::uint64_t total) const {
    return shown == limit && offset + shown < total ? std::to_string(offset + shown) : std::string();
}

NamePage name_page(const http::Request& request) {
    auto wanted = page_query(request);
    NamePage page{.order = {}, .limit = wanted.limit, .offset = 0};
    auto sort = choice_query(request, "sort", kOrders);
    page.order = static_cast<store::NameOrder>(std::ranges::find(kOrders, sort) - kOrders.begin());
    if (wanted.cursor.empty())
        return page;
    const auto* end = wanted.cursor.data() + wanted.cursor.size();
    auto [last, failure] = std::from_chars(wanted.cursor.data(), end, page.offset);
    if (failure != std::errc() || last != end)
        throw Error(ErrorKind::invalid_argument, "cursor is not one that a page gave");
    return page;
}

std::vector<Parameter> name_page_parameters() {
    auto parameters = page_parameters();
    parameters.push_back({"search", R"({"type":"string"})", "A part of the name, without regard to case"});
    parameters.push_back({"sort",
                          R"({"type":"string","enum":["name","-name","createdAt","-createdAt"],"default":"name"})",
                          "A minus reverses the order"});
    return parameters;
}

boost::json::object document_of(const identity::User& user, std::uint64_t projects) {
    boost::json::object document{{"id", user.id},
                                 {"name", user.name},
                                 {"displayName", user.display_name},
                                 {"email", user.email},
                                 {"admin", user.admin},
                                 {"disabled", user.disabled},
                                 {"origin", user.issuer ? "oidc" : "local"},
                                 {"createdAt", to_rfc3339(user.created_at)},
                                 {"updatedAt", to_rfc3339(user.updated_at)},
                                 {"projects", projects}};
    if (user.last_login_at)
        document["lastLoginAt"] = to_rfc3339(*user.last_login_at);
    return document;
}

std::optional<bool> optional_flag(const boost::json::object& body, std::string_view name) {
    const auto* value = body.if_contains(name);
    if (!value || value->is_null())
        return std::nullopt;
    if (!value->is_bool())
        throw Error(ErrorKind::invalid_argument, fmt::format("{} is neither true nor false", name));
    return value->get_bool();
}

std::optional<Timestamp> optional_time(const boost::json::object& body, std::string_view name) {
    const auto* value = body.if_contains(name);
    if (!value || value->is_null())
        return std::nullopt;
    auto time = value->is_string() ? parse_rfc3339(value->get_string()) : std::unexpected(ParseError{"is no text", 0});
    if (!time)
        throw Error(ErrorKind::invalid_argument, fmt::format("{}: {}", name, time.error().reason));
    return *time;
}

identity::Scopes scopes_field(const boost::json::object& body) {
    const auto* value = body.if_contains("scopes");
    if (!value || value->is_null())
        return {};
    auto scopes = identity::parse_scopes(boost::json::serialize(*value));
    if (!scopes)
        throw Error(ErrorKind::invalid_argument, "scopes: " + scopes.error().reason);
    return std::move(*scopes);
}

boost::json::value scopes_document(const std::string& stored) {
    return stored.empty() ? boost::json::value(boost::json::array()) : boost::json::parse(stored);
}

} // namespace cang::api::v1
