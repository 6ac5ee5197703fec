#include "transfer/authority.hpp"

#include "identity/robots.hpp"
#include "identity/sessions.hpp"

#include <fmt/format.h>

namespace cang::transfer {

namespace {

// What every repository of a registry or of the warehouse is called here.
std::string repository_of(const image::PlaceName& name) {
    return name.reference ? name.reference->repository : std::string();
}

bool is_remote(const image::PlaceName& name) { return name.kind == image::PlaceKind::registry; }

// Null when nobody of that name may do anything.
identity::CallerPtr find_caller(sql::Connection& connection, const std::string& name) {
    if (name.empty())
        return std::make_shared<identity::Caller>();
    if (name.starts_with(identity::Robots::prefix)) {
        auto robot = store::RobotStore(connection).find_by_name(name);
        if (!robot || robot->disabled)
            return nullptr;
        return std::make_shared<identity::Caller>(identity::caller_for(*robot));
    }
    auto user = store::UserStore(connection).find_by_name(name);
    if (!user || user->disabled)
        return nullptr;
    return std::make_shared<identity::Caller>(identity::caller_for(*user));
}

} // namespace

awaitable<void> Authority::require_read(image::PlaceName name) const {
    if (!guard_)
        co_return;
    if (is_remote(name))
        co_await guard_->require(caller_, "registry.browse");
    else
        co_await guard_->require(caller_, "image.pull", repository_of(name));
}

awaitable<void> Authority::require_list(image::PlaceName name) const {
    if (guard_ && !is_remote(name) && repository_of(name).empty())
        co_await guard_->require(caller_, "catalog.list");
    else
        co_await require_read(std::move(name));
}

awaitable<void> Authority::require_write(image::PlaceName name) const {
    if (!guard_)
        co_return;
    if (is_remote(name))
        co_await guard_->require(caller_, "registry.manage");
    else
        co_await guard_->require_push(caller_, repository_of(name), actor_);
}

awaitable<warehouse::WarehouseWriter> Authority::writer() const {
    warehouse::WarehouseWriter writer{.actor = actor_, .may_read = {}};
    if (guard_) {
        auto visible = co_await guard_->visibility(caller_);
        if (!visible.all())
            writer.may_read = [visible](const std::string& repository) { return visible.shows(repository); };
    }
    co_return writer;
}

awaitable<Authority> Authorities::of_requester(std::string name, std::string operation) const {
    auto look = [&name](sql::Connection& connection) { return find_caller(connection, name); };
    auto caller = co_await database_.read(look);
    if (!caller)
        throw Error(ErrorKind::permission_denied, fmt::format("{}, who asked for this, may do nothing any more", name));
    Actor actor{.name = name.empty() ? "anonymous" : name, .via = "operation " + operation};
    co_return Authority(guard_, std::move(caller), std::move(actor));
}

} // namespace cang::transfer
