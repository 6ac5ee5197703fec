#include "app/ui.hpp"

#include <set>

namespace cang::app {

namespace {

constexpr std::string_view kPage = "/index.html";
constexpr const char* kNoUi =
    "This program was built without the web UI. `make build` builds both; it needs Node.js and npm.\n"
    "The registry is at /v2/ and the API at /api/v1/, see /api/v1/docs.\n";

bool is_below(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_read(http::Method method) { return method == http::Method::get || method == http::Method::head; }

} // namespace

http::Response Ui::front_page(const http::Request& request) const {
    const auto* page = files_.find(kPage);
    return page != nullptr ? files_.reply(request, *page) : http::text_response(200, kNoUi);
}

std::vector<http::Route> Ui::routes() const {
    std::vector<http::Route> routes;
    auto add = [&routes](std::string pattern, std::string name, http::Handler handle) {
        routes.push_back({http::Method::get, pattern, name, "public", handle});
        routes.push_back({http::Method::head, pattern, name + ".head", "public", std::move(handle)});
    };
    add("/", "ui", [this](http::Request& request) -> awaitable<http::Response> { co_return front_page(request); });
    auto file = [this](http::Request& request) -> awaitable<http::Response> {
        const auto* found = files_.find(request.path);
        co_return found != nullptr ? files_.reply(request, *found)
                                   : http::text_response(404, "there is no such file\n");
    };
    std::set<std::string_view> folders;
    for (const auto& known : files_.all()) {
        auto path = known.path;
        auto slash = path.find('/', 1);
        auto name = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
        if (slash == std::string_view::npos)
            add(std::string(path), "ui." + std::string(name), file);
        else if (folders.insert(name).second)
            add("/" + std::string(name) + "/{file...}", "ui." + std::string(name), file);
    }
    return routes;
}

std::optional<http::Response> Ui::find_page(const http::Request& request, const http::RouteMatch& match) const {
    if (match.path_known || !is_read(request.method) || files_.all().empty())
        return std::nullopt;
    for (auto folder : {"/v2", "/api", "/socket.io"})
        if (is_below(request.path, folder))
            return std::nullopt;
    // Only what a person opens: a missing script or picture is not a page.
    if (request.header("Accept").find("text/html") == std::string_view::npos)
        return std::nullopt;
    return front_page(request);
}

} // namespace cang::app
