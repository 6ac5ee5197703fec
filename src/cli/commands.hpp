// Every command of this room, one function a file.
#pragma once

#include "cli/command.hpp"

namespace cang::cli {

Command copy_command();
Command sync_command();
Command inspect_command();
Command tags_command();
Command delete_command();
Command diff_command();
Command export_command();
Command import_command();
Command login_command();
Command logout_command();
Command gc_command();
Command fsck_command();
Command backup_command();
Command restore_command();
Command operations_command(); // the group of those below
Command operations_list_command();
Command operations_show_command();
Command operations_watch_command();
Command operations_cancel_command();
Command operations_retry_command();
// The groups of who may do what on a server.
Command users_command();
Command projects_command();
Command members_command();
Command robots_command();
Command tokens_command();
Command audit_command();
Command vault_command(); // the group of the one below
Command vault_rotate_command();
Command config_command(); // the group of those below
Command config_verify_command();
Command config_show_command();
Command config_schema_command();
Command version_command();

// Needs the whole tree, so it is declared apart from the others.
void add_completion_command(CLI::App& program, Session& session, std::function<void(std::string, Action)> keep);

} // namespace cang::cli
