// What can be allowed: one table. Every route names a row of it, and the API shows it.
#pragma once

#include <span>
#include <string_view>

namespace cang::identity {

// Who has a permission at least; each also has what those before it have. Those in the middle are about one project.
enum class Least { everybody, signed_in, guest, viewer, operator_, project_admin, system_admin };

struct Permission {
    std::string_view name; // "image.pull"
    Least least;
    std::string_view description; // "Pull images, see tags and manifests"

    bool of_project() const noexcept { return least >= Least::guest && least <= Least::project_admin; }
};

std::span<const Permission> permission_table();
const Permission* find_permission(std::string_view name) noexcept;
// Throws Error{internal}: a mistake of the program.
const Permission& get_permission(std::string_view name);

// What somebody is in one project. Everybody is a guest of a public one.
enum class Role { none, guest, viewer, operator_, admin };

std::string_view to_string(Role role) noexcept; // "operator"; empty for none
// Of those that members have: viewer, operator, admin; none for anything else. Knows image-viewer, image-operator and
// image-admin of edge clusters too.
Role parse_role(std::string_view text) noexcept;
bool grants(Role role, const Permission& permission) noexcept;

} // namespace cang::identity
