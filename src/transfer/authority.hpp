// On whose behalf a transfer runs, and what they may read and write. Asked when an operation is started and again for
// each place while it runs: a role may have been taken away since.
#pragma once

#include "identity/guard.hpp"
#include "image/place_name.hpp"
#include "image/places/warehouse/warehouse_sink.hpp"

namespace cang::transfer {

class Authority {
public:
    // Everything is allowed, nothing is audited: the server itself, and tests.
    Authority() = default;
    Authority(identity::Guard& guard, identity::CallerPtr caller, Actor actor)
        : guard_(&guard), caller_(std::move(caller)), actor_(std::move(actor)) {}

    // All throw Error{permission_denied} that names the missing right.
    awaitable<void> require_read(image::PlaceName name) const;
    awaitable<void> require_list(image::PlaceName name) const;
    // Makes the project when it is missing and the caller may.
    awaitable<void> require_write(image::PlaceName name) const;
    awaitable<warehouse::WarehouseWriter> writer() const;

private:
    identity::Guard* guard_ = nullptr;
    identity::CallerPtr caller_;
    Actor actor_;
};

// Finds the authority of who requested an operation.
class Authorities {
public:
    Authorities(identity::Guard& guard, sql::Database& database) : guard_(guard), database_(database) {}

    // Throws Error{permission_denied} when they are gone or disabled.
    awaitable<Authority> of_requester(std::string name, std::string operation) const;

private:
    identity::Guard& guard_;
    sql::Database& database_;
};

} // namespace cang::transfer
