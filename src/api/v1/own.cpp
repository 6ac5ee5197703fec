#include "api/v1/own.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

std::string owner_for(const Context& context, const http::Request& request) {
    const auto& caller = identity::caller_of(request);
    bool admin = caller.admin || context.identity.guard.options().everybody_is_admin;
    return admin ? std::string() : caller.name;
}

awaitable<operation::Operation> get_own_operation(Context& context, const http::Request& request, std::string id) {
    auto operation = co_await context.operations.history().get(id);
    auto owner = owner_for(context, request);
    if (!owner.empty() && operation.spec.requested_by != owner)
        throw Error(ErrorKind::not_found, fmt::format("there is no operation {}", id));
    co_return operation;
}

awaitable<transfer::Upload> get_own_upload(Context& context, const http::Request& request, std::string id) {
    auto upload = co_await context.transfers.uploads.get(std::move(id));
    auto owner = owner_for(context, request);
    if (!owner.empty() && upload.created_by != owner)
        throw Error(ErrorKind::not_found, "there is no such upload");
    co_return upload;
}

transfer::Authority authority_of(Context& context, const http::Request& request) {
    return {context.identity.guard, identity::caller_ptr(request), identity::actor_of(request)};
}

} // namespace cang::api::v1
