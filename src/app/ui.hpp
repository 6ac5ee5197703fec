// The web UI: files built by npm (ui/dist), embedded. A page's own address ("/images/library/app") is known to the UI
// only, so whatever no route knows and a browser navigates to is answered with the UI's one page.
#pragma once

#include "http/router.hpp"
#include "http/static_files.hpp"

namespace cang::app {

// The files of ui/dist; empty when the program was built without them.
std::span<const http::StaticFile> ui_files();

class Ui {
public:
    // See http::StaticFiles.
    explicit Ui(std::span<const http::StaticFile> files) : files_(files) {}

    // One route for each file at the top and for each folder, and one for "/". This must outlive them.
    std::vector<http::Route> routes() const;
    // What to answer a request that no route matched; nullopt when it is nothing of the UI's.
    std::optional<http::Response> find_page(const http::Request& request, const http::RouteMatch& match) const;

private:
    http::Response front_page(const http::Request& request) const;

    http::StaticFiles files_;
};

} // namespace cang::app
