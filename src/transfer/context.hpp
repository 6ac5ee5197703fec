// What the transfers of the running server stand on.
#pragma once

#include "async/run_blocking.hpp"
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
    std::filesystem::path spool_directory; // for archives that are compressed as a whole
};

} // namespace cang::transfer
