// What the transfers of the running server stand on.
#pragma once

#include "async/run_blocking.hpp"
#include "operation/context.hpp"
#include "transfer/exports.hpp"
#include "transfer/server_places.hpp"
#include "transfer/uploads.hpp"

namespace cang::transfer {

struct Context {
    warehouse::Warehouse& warehouse;
    async::BlockingPool& pool;
    AccessTo access_to;
    Uploads& uploads;
    Exports& exports;
    std::filesystem::path spool_directory;    // for archives that are compressed as a whole
    const Authorities* authorities = nullptr; // null: whoever asks may do everything
};

// Of who requested the operation.
inline awaitable<Authority> authority_of(const Context& here, const operation::Context& operation) {
    if (!here.authorities)
        co_return Authority();
    co_return co_await here.authorities->of_requester(operation.spec().requested_by, operation.id());
}

} // namespace cang::transfer
