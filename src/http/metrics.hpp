// Counts of what the server does, and whatever else a room wants counted, in Prometheus' text format.
//
// The hot path is a few relaxed atomic additions on rows resolved when the routes were added; the families are built
// only when somebody asks for the text.
#pragma once

#include "http/server.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cang::http {

class Metrics {
public:
    Metrics();
    ~Metrics();

    // Before the server starts: one row per route. Records of other routes count as "unmatched".
    void add_routes(const Router& router);
    // From any thread; the ServerHooks::on_access of most servers.
    void observe(const AccessRecord& record) noexcept;

    // Values that are asked for when the text is made, from any thread. Names as Prometheus wants them:
    // cang_storage_bytes, cang_pushes_total.
    void add_gauge(std::string name, std::string help, std::function<double()> value);
    void add_counter(std::string name, std::string help, std::function<double()> value);

    // The text exposition format, version 0.0.4.
    std::string text() const;

private:
    struct Rows;
    std::unique_ptr<Rows> rows_;
};

} // namespace cang::http
