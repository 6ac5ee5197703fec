// Garbage collection asked of a running server: POST /api/v1/gc.
#pragma once

#include "cli/place_options.hpp"
#include "cli/runtime.hpp"
#include "image/places/warehouse/collector.hpp"

namespace cang::cli {

// `places` has --server filled in. Throws what the server answers, as an Error of the matching kind.
awaitable<warehouse::CollectResult> collect_on_server(Runtime& runtime, const Session& session, PlaceOptions places,
                                                      warehouse::CollectOptions options);

} // namespace cang::cli
