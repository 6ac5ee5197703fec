#include "cli/account_names.hpp"

#include "cli/document.hpp"
#include "cli/server_list.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

awaitable<boost::json::object> get_user(ServerApi& server, std::string name) {
    ListOptions page_options{.search = name, .sort = {}, .cursor = {}, .limit = 500};
    do {
        auto page = co_await server.get(list_path("/users", page_options), "finding the user");
        if (const auto* found = find_named(page, name))
            co_return *found;
        page_options.cursor = text_of(page, "next");
    } while (!page_options.cursor.empty());
    throw Error(ErrorKind::not_found, fmt::format("there is no user {}\n`cang users list` tells who there is", name));
}

std::string user_path(const boost::json::object& user) {
    return "/users/" + http::percent_encode(exact_text_of(user, "id"));
}

awaitable<std::string> get_user_id(ServerApi& server, std::string name) {
    auto path = with_query("/users/-/search", {{"text", name}});
    auto page = co_await server.get(std::move(path), "finding the user");
    const auto* found = find_named(page, name);
    if (found == nullptr)
        throw Error(ErrorKind::not_found, fmt::format("there is no user {}, or the user is disabled", name));
    co_return exact_text_of(*found, "id");
}

const boost::json::object* find_named(const boost::json::object& page, std::string_view name) {
    for (const auto& item : items_of(page))
        if (exact_text_of(item.get_object(), "name") == name)
            return &item.get_object();
    return nullptr;
}

} // namespace cang::cli
