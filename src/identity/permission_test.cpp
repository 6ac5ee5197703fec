#include "identity/permission.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace cang::identity {
namespace {

TEST(PermissionTable, IsSortedAndSaysWhatEachRowIs) {
    auto table = permission_table();
    EXPECT_TRUE(std::ranges::is_sorted(table, {}, &Permission::name));
    std::set<std::string_view> names;
    for (const auto& row : table) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.description.empty() || row.description.ends_with('.')) << row.name;
        EXPECT_EQ(find_permission(row.name), &row);
    }
}

TEST(PermissionTable, KnowsNoOtherNames) {
    for (const auto* name : {"", "image", "image.pul", "image.pulll", "zzz", "*", "IMAGE.PULL"})
        EXPECT_EQ(find_permission(name), nullptr) << name;
    try {
        get_permission("image.eat");
        ADD_FAILURE() << "found it";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::internal);
        EXPECT_EQ(error.message(), "there is no permission image.eat");
    }
}

// Each role, by what it may do in a project.
TEST(Roles, HaveWhatTheTableSays) {
    auto granted = [](Role role) {
        std::string names;
        for (const auto& row : permission_table())
            if (grants(role, row))
                names += std::string(row.name) + " ";
        return names;
    };
    EXPECT_EQ(granted(Role::none), "");
    EXPECT_EQ(granted(Role::guest), "image.pull project.read ");
    EXPECT_EQ(granted(Role::viewer), "image.pull member.read project.read ");
    EXPECT_EQ(granted(Role::operator_), "image.pull image.push member.read project.read ");
    EXPECT_EQ(granted(Role::admin),
              "image.delete image.pull image.push member.manage member.read project.audit project.delete project.read "
              "project.update repository.update robot.manage robot.read ");
}

TEST(Roles, AreReadAsTheyAreWrittenAndAsEdgeClustersWriteThem) {
    for (auto role : {Role::viewer, Role::operator_, Role::admin}) {
        EXPECT_EQ(parse_role(to_string(role)), role);
        EXPECT_EQ(parse_role("image-" + std::string(to_string(role))), role);
    }
    for (const auto* text : {"", "guest", "Admin", "image-", "image-image-admin", "owner"})
        EXPECT_EQ(parse_role(text), Role::none) << text;
    EXPECT_EQ(to_string(Role::guest), "guest");
    EXPECT_EQ(to_string(Role::none), "");
}

} // namespace
} // namespace cang::identity
