// Runs commands in process, for the tests of this room.
#pragma once

#include "cli/run.hpp"
#include "testing/temp_dir.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace cang::cli {

struct Outcome {
    int code = 0;
    std::string out;
    std::string err;

    boost::json::object json() const { return boost::json::parse(out).as_object(); }
    // Members of the document: "" and -1 stand for a missing one.
    std::string text(const std::string& name) const {
        auto document = json();
        return document.contains(name) ? std::string(document[name].as_string()) : "";
    }
    std::int64_t number(const std::string& name) const {
        auto document = json();
        return document.contains(name) ? document[name].to_number<std::int64_t>() : -1;
    }
};

class CommandTest : public ::testing::Test {
protected:
    Outcome run(std::vector<std::string> arguments) {
        std::ostringstream out;
        std::ostringstream err;
        std::istringstream in(input_);
        Console console{.out = out,
                        .err = err,
                        .in = in,
                        .err_is_terminal = err_terminal_,
                        .in_is_terminal = terminal_,
                        .environment = [this](const std::string& name) { return environment_[name]; }};
        int code = cli::run(arguments, console);
        return {code, out.str(), err.str()};
    }

    std::string path(const std::string& name) const { return (directory_ / name).string(); }

    cang::testing::TempDir directory_;
    std::map<std::string, std::string> environment_;
    std::string input_;
    bool terminal_ = false;
    bool err_terminal_ = false;
};

} // namespace cang::cli
