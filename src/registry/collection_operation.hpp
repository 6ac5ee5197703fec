// Garbage collection as an operation, "registry.gc": how one is asked for, what does it, and what its result says.
#pragma once

#include "operation/runner.hpp"
#include "registry/collection.hpp"

namespace cang::registry {

operation::Spec collection_spec(const warehouse::CollectOptions& options, std::string requested_by);
// `collection` outlives the runner that gets it.
operation::Task collection_task(Collection& collection);

// The result as the API shows it: {"dryRun","manifests","objects","bytes","uploads"}.
boost::json::object collection_document(const warehouse::CollectResult& result, bool dry_run);

// Starts one and waits for its end; returns its result. Throws what ended it otherwise.
awaitable<boost::json::object> collect_and_wait(operation::Runner& runner, operation::Spec spec);

} // namespace cang::registry
