#include "identity/permission.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::identity {

namespace {

using enum Least;

// By name.
constexpr Permission kTable[] = {
    {"account.self", signed_in, "See and change one's own account, sessions and tokens"},
    {"audit.read", system_admin, "Read and export the audit log"},
    {"catalog.list", system_admin, "List every repository at /v2/_catalog"},
    {"catalog.read", everybody, "List and search the images that one may pull"},
    {"image.delete", project_admin, "Delete images, tags, blobs and repositories"},
    {"image.pull", guest, "Pull images, see their tags and manifests"},
    {"image.push", operator_, "Push and tag images"},
    {"member.manage", project_admin, "Add and remove members of a project"},
    {"member.read", viewer, "See the members of a project"},
    {"operation.read", signed_in, "See one's own operations, their logs and results; cancel and retry them"},
    {"operation.start", signed_in, "Copy, sync, import and export images that one may pull to places one may push to"},
    {"permission.read", signed_in, "See this table"},
    {"project.audit", project_admin, "Read the audit log of a project"},
    {"project.create", system_admin, "Create projects"},
    {"project.delete", project_admin, "Delete an empty project"},
    {"project.list", everybody, "List the projects that one may see"},
    {"project.quota", system_admin, "Set how many bytes a project may store"},
    {"project.read", guest, "See a project"},
    {"project.update", project_admin, "Change a project's names and visibility"},
    {"public", everybody, "Sign in, read the documentation, ask whether the server is well"},
    {"registry.browse", signed_in, "Look into remote registries and copy from them"},
    {"registry.manage", system_admin, "Add, change, test and remove remote registries; copy to them"},
    {"registry.read", signed_in, "See which remote registries there are"},
    {"registry.sign-in", everybody, "Ask the registry whether one is signed in"},
    {"repository.update", project_admin, "Make a repository private or not; its creator may, too"},
    {"robot.manage", project_admin, "Create, change and delete the robots of a project"},
    {"robot.read", project_admin, "See the robots of a project"},
    {"robot.server", system_admin, "See, create, change and delete robots of the whole server"},
    {"settings.read", system_admin, "See the server's configuration"},
    {"storage.collect", system_admin, "Start a garbage collection"},
    {"storage.read", signed_in, "See how much the server stores"},
    {"system.read", signed_in, "See version and address of the server"},
    {"upload.write", signed_in, "Upload archives"},
    {"user.manage", system_admin, "See, create, change and delete users"},
    {"user.search", signed_in, "Find users by name, to make them members"},
};

static_assert(std::ranges::is_sorted(kTable, {}, &Permission::name));

} // namespace

std::span<const Permission> permission_table() { return kTable; }

const Permission* find_permission(std::string_view name) noexcept {
    const auto* found = std::ranges::lower_bound(kTable, name, {}, &Permission::name);
    return found != std::end(kTable) && found->name == name ? found : nullptr;
}

const Permission& get_permission(std::string_view name) {
    const auto* found = find_permission(name);
    if (!found)
        throw Error(ErrorKind::internal, fmt::format("there is no permission {}", name));
    return *found;
}

std::string_view to_string(Role role) noexcept {
    switch (role) {
    case Role::none: return {};
    case Role::guest: return "guest";
    case Role::viewer: return "viewer";
    case Role::operator_: return "operator";
    case Role::admin: return "admin";
    }
    return {};
}

Role parse_role(std::string_view text) noexcept {
    if (text.starts_with("image-"))
        text.remove_prefix(6);
    if (text == "viewer")
        return Role::viewer;
    if (text == "operator")
        return Role::operator_;
    return text == "admin" ? Role::admin : Role::none;
}

bool grants(Role role, const Permission& permission) noexcept {
    switch (permission.least) {
    case Least::guest: return role >= Role::guest;
    case Least::viewer: return role >= Role::viewer;
    case Least::operator_: return role >= Role::operator_;
    case Least::project_admin: return role == Role::admin;
    default: return false;
    }
}

} // namespace cang::identity
