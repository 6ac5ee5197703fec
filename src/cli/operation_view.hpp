// Operations of a server as the command line shows them. What a server says is text of a stranger: it is made
// printable.
#pragma once

#include "cli/place_options.hpp"

#include <boost/json/object.hpp>
#include <optional>
#include <string>

namespace cang::cli {

struct OperationView {
    // Throws Error{unsupported} for a document that is no operation.
    static OperationView read(const boost::json::object& document);

    bool ended() const;
    bool succeeded() const { return state == "succeeded"; }

    std::string id;
    std::string type;
    std::string title;
    std::string state;
    std::string requested_by;
    std::string retry_of;
    std::string created_at;
    std::string started_at;
    std::string finished_at;
    std::string failure;       // of one that ended without success
    std::string input;         // JSON
    std::string result;        // JSON; empty without
    std::string progress_line; // "[=====     ]  45%, 1:05 left, manifests"; empty without
};

// A line of `cang operations list`, and the line above them.
std::string list_line(const OperationView& operation);
std::string list_heading();
// "Name: value" lines of `cang operations show`.
std::string detail_lines(const OperationView& operation);

// What a command about one operation is told, for server_command().
struct OperationArguments {
    std::string id;
    PlaceOptions places;
};
void declare_operation(OptionBuilder& builder, OperationArguments& arguments);

// "/operations/ID" and what follows it.
std::string operation_path(const std::string& id, std::string_view rest = "");

} // namespace cang::cli
