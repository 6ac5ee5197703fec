// Who may do what, for every route of the program: the real routes, the real table, the real guard.
#include "app/server.hpp"
#include "identity/identity_fixture.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>

namespace cang::app {
namespace {

using identity::add_member;
using identity::add_project;
using identity::add_user;
using identity::caller_ptr_of;

const std::string kGolden = CANG_TEST_GOLDEN "/api/permissions.txt";

class Permissions : public identity::IdentityFixture {
protected:
    Permissions() {
        auto team = add_project(database, "team");
        add_project(database, "open", true);
        for (auto role : {identity::Role::viewer, identity::Role::operator_, identity::Role::admin}) {
            auto name = std::string(to_string(role));
            auto user = add_user(database, name);
            add_member(database, team, user, role);
            callers.emplace_back(name == "admin" ? "project-admin" : name, "team/app", caller_ptr_of(user));
        }
        auto somebody = caller_ptr_of(add_user(database, "somebody"));
        callers.emplace(callers.begin(), "guest", "open/app", somebody);
        callers.emplace(callers.begin(), "signed-in", "team/app", somebody);
        callers.emplace(callers.begin(), "anonymous", "team/app", std::make_shared<const identity::Caller>());
        callers.emplace_back("system-admin", "team/app", caller_ptr_of(add_user(database, "root", true)));
    }

    static bool has_resource(const http::Route& route) {
        return route.pattern.find("{name") != std::string::npos || route.pattern.find("{project}") != std::string::npos;
    }
    // The first of the callers who may, and whether all after them may, too.
    std::string who_may(const http::Route& route) {
        std::string first;
        for (const auto& [name, resource, caller] : callers) {
            auto asked = has_resource(route) ? std::string(resource) : std::string();
            bool may = run(identity->guard.may(caller, route.permission, asked));
            EXPECT_TRUE(may || first.empty()) << name << " has less than those before: " << route.name;
            if (may && first.empty())
                first = name;
        }
        return first;
    }
    // With access control, on a free port.
    Server make_server() {
        settings::Settings given;
        given.set("data", (directory / "data").string());
        given.set("listen", "127.0.0.1:0");
        given.set("log-level", "off");
        return Server(make_config(given));
    }

    struct Row {
        Row(std::string label, std::string where, identity::CallerPtr who)
            : name(std::move(label)), resource(std::move(where)), caller(std::move(who)) {}
        std::string name;
        std::string resource;
        identity::CallerPtr caller;
    };
    std::vector<Row> callers; // each may do what those before it may
};

TEST_F(Permissions, OfEveryRouteAreInTheTable) {
    auto server = make_server();
    EXPECT_GT(server.routes().size(), 100U);
    for (const auto* route : server.routes()) {
        const auto* permission = identity::find_permission(route->permission);
        ASSERT_TRUE(permission) << route->name << " asks for " << route->permission;
        EXPECT_TRUE(!permission->of_project() || has_resource(*route))
            << route->name << " asks for a right in a project, and names none";
    }
}

// UPDATE_GOLDEN=1 writes the file anew.
TEST_F(Permissions, AreTheGoldenOnes) {
    auto server = make_server();
    std::vector<std::string> lines;
    for (const auto* route : server.routes())
        if (!route->name.starts_with("ui.") && route->name != "ui") // whatever files the interface has
            lines.push_back(fmt::format("{:6} {:64} {:18} {}\n", http::to_string(route->method), route->pattern,
                                        route->permission, who_may(*route)));
    std::ranges::sort(lines, {}, [](const std::string& line) { return line.substr(7) + line.substr(0, 7); });
    auto text = fmt::format("# Each route: its permission, and who may at least, of: anonymous, signed-in, guest (of a "
                            "public project), viewer,\n# operator, project-admin, system-admin.\n{}",
                            fmt::join(lines, ""));
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
        std::ofstream(kGolden, std::ios::binary) << text;
    std::ifstream file(kGolden, std::ios::binary);
    std::string golden{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(text == golden) << "differs from " << kGolden
                                << "; run again with UPDATE_GOLDEN=1 and look at the difference";
}

// The interface is files for everybody; what it shows comes through the API.
TEST_F(Permissions, TheInterfaceIsPublic) {
    auto server = make_server();
    for (const auto* route : server.routes())
        if (route->name.starts_with("ui"))
            EXPECT_EQ(route->permission, "public") << route->name;
}

} // namespace
} // namespace cang::app
