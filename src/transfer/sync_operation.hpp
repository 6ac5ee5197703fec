// A sync as an operation, "sync": {"config","dryRun"}. `config` is the YAML of `cang sync` without a section
// "registries", whose place the stored registries take. Its result is to_json(SyncReport). When some images failed, the
// operation has failed: its log names them, and a retry copies only what is missing.
#pragma once

#include "base/oci/json_document.hpp"
#include "operation/runner.hpp"
#include "transfer/context.hpp"

namespace cang::transfer {

struct SyncRequest {
    std::string config;
    bool dry_run = false;

    static SyncRequest read(const oci::JsonScope& request);
};

// Throws Error{invalid_argument} for a configuration that is not valid.
operation::Spec sync_spec(const SyncRequest& request);
// `here` outlives the runner that gets it.
operation::Task sync_task(Context& here);

} // namespace cang::transfer
